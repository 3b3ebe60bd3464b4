import { contract } from '@cognito-m2m/claim-schema/fixtures';
import { loadEnvironment } from '@cognito-m2m/environment';

// The part of a synth that comes before Terraform: reading the environment file and every check of it.
await loadEnvironment('bench', { contract });
