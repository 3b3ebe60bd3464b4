/** The pools of the owner, and the version of the events that the function for users' tokens of each was written for. */
export const OWNER_POOLS = { crm: 'V1_0', shop: 'V2_0', desk: 'V3_0' } as const;
export type OwnerPool = keyof typeof OWNER_POOLS;

/** What of the owner's code a test changes. */
export interface OwnerChoices {
  /** What the code of each pool says of `lambda_config`. */
  readonly lambdaConfig: { readonly [P in OwnerPool]: string };
  /** Names of the machine clients of the pool `shop`, by a key that survives another name. */
  readonly machines: { readonly [key: string]: string };
}

/** The owner's function in the code of two pools; that of `shop` was attached in the console, and the code leaves it alone. */
export const OWN_LAMBDA_CONFIG: OwnerChoices['lambdaConfig'] = {
  crm: `
  lambda_config {
    pre_sign_up          = local.welcome
    pre_token_generation = aws_lambda_function.users["crm"].arn
  }`,
  shop: `
  lifecycle {
    ignore_changes = [lambda_config]
  }`,
  desk: `
  lambda_config {
    pre_token_generation_config {
      lambda_arn     = aws_lambda_function.users["desk"].arn
      lambda_version = "V3_0"
    }
  }`,
};

/** Writes the whole configuration, as a team that has never heard of ours would. */
export function ownerConfig({ lambdaConfig, machines }: OwnerChoices): string {
  const pools = Object.keys(OWNER_POOLS) as OwnerPool[];
  return [
    START,
    ...pools.map((pool) => poolBlocks(pool, lambdaConfig[pool])),
    ...Object.entries(machines).map(([key, name]) => machineBlock(`shop-${key}`, 'shop', name)),
    machineBlock('crm-worker', 'crm', 'worker'),
    machineBlock('desk-worker', 'desk', 'worker'),
    `output "pools" {
  value = { ${pools.map((pool) => `${pool} = aws_cognito_user_pool.${pool}.id`).join(', ')} }
}`,
  ].join('\n');
}

// The API here never runs a function, so any file will do as its code.
const START = `
terraform {
  required_providers {
    aws = { source = "hashicorp/aws" }
  }
}

provider "aws" {
  max_retries = 1
}

locals {
  welcome = "arn:aws:lambda:eu-central-1:123456789012:function:welcome"
}

resource "aws_iam_role" "cognito" {
  name = "acme-cognito"
  assume_role_policy = jsonencode({
    Version = "2012-10-17"
    Statement = [{
      Effect    = "Allow"
      Action    = "sts:AssumeRole"
      Principal = { Service = ["lambda.amazonaws.com", "cognito-idp.amazonaws.com"] }
    }]
  })
}

resource "aws_lambda_function" "users" {
  for_each      = toset(${JSON.stringify(Object.keys(OWNER_POOLS))})
  function_name = "\${each.key}-user-claims"
  role          = aws_iam_role.cognito.arn
  runtime       = "nodejs22.x"
  handler       = "index.handler"
  filename      = "\${path.module}/main.tf"
  # The file changes; the function does not.
  source_code_hash = "never"
  lifecycle {
    ignore_changes = [source_code_hash, filename]
  }
}
`;

function poolBlocks(pool: OwnerPool, lambdaConfig: string): string {
  return `
resource "aws_cognito_user_pool" "${pool}" {
  name                       = "acme-${pool}"
  username_attributes        = ["email"]
  auto_verified_attributes   = ["email"]
  mfa_configuration          = "OPTIONAL"
  deletion_protection        = "ACTIVE"
  sms_authentication_message = "Your shop code is {####}"
  email_verification_subject = "Welcome to the shop"
  email_verification_message = "Your code is {####}, dear customer"
  tags                       = { team = "shop", "cost-centre" = "42" }

  sms_configuration {
    external_id    = "shop"
    sns_caller_arn = aws_iam_role.cognito.arn
    sns_region     = "eu-central-1"
  }
  software_token_mfa_configuration {
    enabled = true
  }
  password_policy {
    minimum_length                   = 14
    require_lowercase                = true
    require_numbers                  = true
    require_symbols                  = false
    require_uppercase                = true
    temporary_password_validity_days = 3
  }
  schema {
    name                = "plan"
    attribute_data_type = "String"
    mutable             = true
    string_attribute_constraints {
      min_length = 0
      max_length = 20
    }
  }
  admin_create_user_config {
    allow_admin_create_user_only = false
    invite_message_template {
      email_subject = "An account"
      email_message = "{username}, your password is {####}"
      sms_message   = "{username}: {####}"
    }
  }
  account_recovery_setting {
    recovery_mechanism {
      name     = "verified_email"
      priority = 1
    }
  }
  user_attribute_update_settings {
    attributes_require_verification_before_update = ["email"]
  }
  device_configuration {
    challenge_required_on_new_device      = true
    device_only_remembered_on_user_prompt = true
  }${lambdaConfig}
}

resource "aws_lambda_permission" "${pool}" {
  function_name = aws_lambda_function.users["${pool}"].function_name
  statement_id  = "pool"
  action        = "lambda:InvokeFunction"
  principal     = "cognito-idp.amazonaws.com"
  source_arn    = aws_cognito_user_pool.${pool}.arn
}

resource "aws_cognito_user_pool_domain" "${pool}" {
  domain       = "acme-${pool}"
  user_pool_id = aws_cognito_user_pool.${pool}.id
}

resource "aws_cognito_resource_server" "${pool}" {
  identifier   = "orders"
  name         = "Orders API"
  user_pool_id = aws_cognito_user_pool.${pool}.id
  scope {
    scope_name        = "read"
    scope_description = "Read orders"
  }
  scope {
    scope_name        = "write"
    scope_description = "Place orders"
  }
}

resource "aws_cognito_user_pool_client" "${pool}-web" {
  name                                 = "web"
  user_pool_id                         = aws_cognito_user_pool.${pool}.id
  allowed_oauth_flows                  = ["code"]
  allowed_oauth_flows_user_pool_client = true
  allowed_oauth_scopes                 = ["openid"]
  callback_urls                        = ["https://shop.example/callback"]
  supported_identity_providers         = ["COGNITO"]
}
`;
}

function machineBlock(key: string, pool: OwnerPool, name: string): string {
  return `
resource "aws_cognito_user_pool_client" "${key}" {
  name                                 = "${name}"
  user_pool_id                         = aws_cognito_user_pool.${pool}.id
  generate_secret                      = true
  allowed_oauth_flows                  = ["client_credentials"]
  allowed_oauth_flows_user_pool_client = true
  allowed_oauth_scopes                 = ["orders/read", "orders/write"]
  access_token_validity                = 45
  token_validity_units {
    access_token = "minutes"
  }
  depends_on = [aws_cognito_resource_server.${pool}]
}
`;
}
