// A thread that does what the text says, for the tests of its owner.
import { parentPort } from 'node:worker_threads';

parentPort?.on('message', ({ text }: { readonly text: string }) => {
  if (text === 'endless') for (;;);
  if (text === 'fails') throw new Error('It fails.');
  if (text === 'slow') for (const until = performance.now() + 400; performance.now() < until;);
  parentPort?.postMessage({ references: [text], ruleFile: { rules: [], articleScopes: [] } });
});
parentPort?.postMessage('ready');
