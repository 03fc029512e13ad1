// The thread that reads files: one answer for each file, in the order in which they come.
import { parentPort } from 'node:worker_threads';
import type { TextFile } from '../types.ts';
import { readFindings } from './readFindings.ts';

parentPort?.on('message', (file: TextFile) => parentPort?.postMessage(readFindings(file)));
parentPort?.postMessage('ready');
