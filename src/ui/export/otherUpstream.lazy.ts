import type { Registry } from '../../domain/types.ts';
import { type OtherSource, otherUpstreamScript } from '../../provisioning/export/otherUpstream.ts';
import type { Services } from '../services/services.ts';
import { openExport } from './openExport.lazy.ts';

/** Shows what to run where this extension sets up nothing: for the shell that this machine has. */
export async function showOtherUpstream(services: Services, downstream: Registry, other: OtherSource): Promise<void> {
  const language = process.platform === 'win32' ? 'powershell' : 'bash';
  await openExport(services, otherUpstreamScript(downstream, other, language), other.upstream.name);
}
