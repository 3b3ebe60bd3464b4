import {
  describeChanges,
  readCommittedModel,
  readInstalledModel,
  writeCommittedModel,
} from './aws-model.ts';

const installed = readInstalledModel();
const committed = await readCommittedModel().catch(() => ({ structures: {}, enumerations: {} }));
const changes = describeChanges(committed, installed);

await writeCommittedModel(installed);
console.log(changes.length === 0 ? 'The committed model is up to date.' : changes.join('\n'));
