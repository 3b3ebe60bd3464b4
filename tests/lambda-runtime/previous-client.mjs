// Starts the runtime client before the current one as Lambda does; its own command prints a line of its own first.
import { run } from 'aws-lambda-ric-3';

await run(process.env['LAMBDA_TASK_ROOT'], process.env['_HANDLER']);
