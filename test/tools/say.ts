// What this extension would say, without VS Code and network: a JSON array comes by stdin, one with an answer for each entry goes
// to stdout. test/tools/answers.ts tells the forms.
// npm run -s say -- images|explain|condition|reference <entries.json
import { text } from 'node:stream/consumers';
import { answerAll, type Question, questions } from './answers.ts';

const [question = ''] = process.argv.slice(2);
if (!isQuestion(question)) fail(`Say what? One of: ${Object.keys(questions).join(', ')}.`);
// A byte order mark, as PowerShell may put it in front.
const entries = read((await text(process.stdin)).replace(/^\ufeff/, ''));
process.stdout.write(`${JSON.stringify(answerAll(question, entries), null, 1)}\n`);

function isQuestion(name: string): name is Question {
  return Object.hasOwn(questions, name);
}

function read(json: string): unknown[] {
  try {
    const value: unknown = JSON.parse(json);
    if (Array.isArray(value)) return value;
  } catch (error) {
    fail(`What came by stdin is not JSON: ${error instanceof Error ? error.message : String(error)}`);
  }
  return fail('What came by stdin is not a JSON array.');
}

function fail(message: string): never {
  console.error(message);
  process.exit(2);
}
