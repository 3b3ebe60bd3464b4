import { runShortForm, SHORT_FORMS } from './short-forms.ts';

// Runs every command that takes minutes in its short form: a part of CI, because together they take minutes, too.
for (const [command, form] of Object.entries(SHORT_FORMS)) {
  const startedAt = performance.now();
  process.stdout.write(`${command} ${form.options} … `);
  const fault = await runShortForm(command, form);
  if (fault !== '') process.exitCode = 1;
  const seconds = Math.round((performance.now() - startedAt) / 1000);
  process.stdout.write(fault === '' ? `${seconds} s\n` : `failed\n${fault}\n`);
}
