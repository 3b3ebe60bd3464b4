/**
 * Makes a text that people wrote safe to put into a Terraform configuration, where `${` and `%{` begin an expression.
 *
 * Terraform would take `$${` too, but CDKTF still sees its own reference syntax inside that; this form breaks the
 * sequence up for both.
 *
 * @see https://developer.hashicorp.com/terraform/language/syntax/json#expression-mapping
 */
export function literalText(text: string): string {
  return text.replaceAll('${', '${"$"}{').replaceAll('%{', '${"%"}{');
}
