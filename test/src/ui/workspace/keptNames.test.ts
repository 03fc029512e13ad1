import { expect, it } from 'vitest';
import { findReferences } from '../../files/findings.ts';
import { nameChanges } from '../../../../src/files/rename.ts';
import { whyKept } from '../../../../src/ui/workspace/keptNames.ts';

it('says that a default keeps its name for what the variable is elsewhere', () => {
  const text = 'services:\n  web:\n    image: ${REGISTRY:-upstream.example}/team/app:1\n';
  const [found] = findReferences({ path: 'compose.yaml', text });
  if (!found) throw new Error('no reference');
  expect(nameChanges(found, { host: 'downstream.example', repository: 'cache/app' })).toBeUndefined();
  expect(whyKept(found.name)).toMatchSnapshot();
});
