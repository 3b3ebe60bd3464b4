import { CreateKeyCommand, KMSClient } from '@aws-sdk/client-kms';
import {
  CreateBucketCommand,
  DeleteObjectCommand,
  HeadObjectCommand,
  ListObjectsV2Command,
  PutObjectCommand,
  S3Client,
} from '@aws-sdk/client-s3';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { type LocalAws, startLocalAws } from '../support/local-aws.ts';
import { requiredTools } from '../support/tools.ts';
import { createDeployment, type Deployment } from './deployment.ts';
import { trialEnvironment } from './trial-environment.ts';

/** A synth, an init and three applies of one resource take half a minute on two cores. */
const STEP_TIMEOUT_MS = 240_000;

const BUCKET = 'acme-trial-terraform-state';
const STATE = 'm2m/trial/trial-claims.tfstate';
const LOCK = `${STATE}.tflock`;
/** Someone else's, as Terraform writes it. */
const FOREIGN_LOCK = {
  ID: '8a1c4e0e-0000-4000-8000-000000000001',
  Operation: 'OperationTypeApply',
  Who: 'someone@else',
  Version: '1.11.0',
  Created: '2026-01-01T00:00:00Z',
  Path: `${BUCKET}/${STATE}`,
};

const tools = await requiredTools();

(tools === undefined ? describe.skip : describe)('the state of a stack', () => {
  let aws: LocalAws;
  let s3: S3Client;
  let deployment: Deployment;
  let kmsKeyArn = '';
  let target = '';

  beforeAll(async () => {
    if (tools === undefined) return;
    aws = await startLocalAws(tools);
    s3 = new S3Client(aws.clientOptions);
    const { KeyMetadata } = await new KMSClient(aws.clientOptions).send(new CreateKeyCommand());
    kmsKeyArn = KeyMetadata?.Arn ?? '';
    const LocationConstraint = 'eu-central-1';
    await s3.send(
      new CreateBucketCommand({
        Bucket: BUCKET,
        CreateBucketConfiguration: { LocationConstraint },
      }),
    );
    deployment = await createDeployment(aws, 'trial');
    await deployment.declare({
      ...trialEnvironment(),
      state: { type: 's3', bucket: BUCKET, kmsKeyArn },
    });
    await deployment.cdktf('synth', 'trial');
    const config = JSON.parse(await deployment.runInStack('trial-claims', 'cat', 'cdk.tf.json'));
    const [dashboardId] = Object.keys(config.resource.aws_cloudwatch_dashboard);
    target = `-target=aws_cloudwatch_dashboard.${dashboardId}`;
    await inStack('init', '-input=false');
  }, STEP_TIMEOUT_MS);

  afterAll(async () => {
    await deployment.remove();
    await aws.close();
  });

  const inStack = (...args: string[]) =>
    deployment.runInStack('trial-claims', 'terraform', ...args);
  /** One resource is enough: the state is of the whole stack. */
  const apply = () => inStack('apply', '-input=false', '-auto-approve', target);
  const listObjects = async () => {
    const { Contents = [] } = await s3.send(new ListObjectsV2Command({ Bucket: BUCKET }));
    return Contents.map(({ Key }) => Key);
  };

  test(
    'the state in S3 is one object under its key, and the lock is gone after the apply',
    async () => {
      const output = await apply();

      const { ServerSideEncryption, SSEKMSKeyId } = await s3.send(
        new HeadObjectCommand({ Bucket: BUCKET, Key: STATE }),
      );
      expect(output).toContain('Resources: 1 added');
      expect(await listObjects()).toEqual([STATE]);
      expect({ ServerSideEncryption, SSEKMSKeyId }).toEqual({
        ServerSideEncryption: 'aws:kms',
        SSEKMSKeyId: kmsKeyArn,
      });
    },
    STEP_TIMEOUT_MS,
  );

  test(
    "the state in S3 refuses to apply while someone else's lock is there, and names them",
    async () => {
      const Body = JSON.stringify(FOREIGN_LOCK);
      await s3.send(new PutObjectCommand({ Bucket: BUCKET, Key: LOCK, Body }));

      await expect(apply()).rejects.toMatchObject({
        stderr: expect.stringMatching(/Error acquiring the state lock[\s\S]*someone@else/),
      });
      expect(await listObjects()).toEqual([STATE, LOCK]);

      await inStack('force-unlock', '-force', FOREIGN_LOCK.ID);
      await expect(apply()).resolves.toContain('Apply complete');
    },
    STEP_TIMEOUT_MS,
  );

  test(
    'a state that began locally moves to S3 as the documentation says',
    async () => {
      await s3.send(new DeleteObjectCommand({ Bucket: BUCKET, Key: STATE }));
      await deployment.declare(trialEnvironment());
      await deployment.cdktf('synth', 'trial');
      await inStack('init', '-input=false', '-reconfigure');
      await apply();
      const state = { type: 's3', bucket: BUCKET, kmsKeyArn } as const;
      await deployment.declare({ ...trialEnvironment(), state });
      await deployment.cdktf('synth', 'trial');

      await inStack('init', '-input=false', '-reconfigure');
      await inStack('state', 'push', '../../../../terraform.trial-claims.tfstate');

      expect(await apply()).toContain('No changes');
      expect(await listObjects()).toEqual([STATE]);
    },
    STEP_TIMEOUT_MS,
  );

  test(
    'a deploy protects whatever cannot be created again, unless the environment is a trial',
    async () => {
      await deployment.declare({ ...trialEnvironment(), isDisposable: false });
      await deployment.cdktf('synth', 'trial');
      const config = JSON.parse(await deployment.runInStack('trial-claims', 'cat', 'cdk.tf.json'));
      const [keyId] = Object.keys(config.resource.aws_kms_key);
      const key = `-target=aws_kms_key.${keyId}`;
      await inStack('init', '-input=false', '-reconfigure');
      await inStack('apply', '-input=false', '-auto-approve', key);

      await expect(inStack('plan', '-input=false', '-destroy')).rejects.toMatchObject({
        stderr: expect.stringContaining('Instance cannot be destroyed'),
      });
    },
    STEP_TIMEOUT_MS,
  );
});
