import * as vscode from 'vscode';

/** The language servers that link every image of a Dockerfile to Docker Hub, by the name alone. */
const linkers = ['ms-azuretools.vscode-containers', 'ms-azuretools.vscode-docker', 'docker.docker'];

/** How often ours are registered again: as often as there are such extensions, with one to spare. */
const maxTimes = linkers.length + 1;

/**
 * Registers a provider of links, and again once another extension has registered one for Dockerfiles: of two links on the same text,
 * VS Code shows the one whose provider came last.
 */
export function linksInFront(
  selector: vscode.DocumentSelector,
  dockerfiles: vscode.DocumentSelector,
  provide: (
    document: vscode.TextDocument,
    token: vscode.CancellationToken,
  ) => Promise<vscode.DocumentLink[] | undefined>,
): vscode.Disposable {
  let times = 0;
  let isLooking = false;
  /** Which version of a document was asked about last. */
  const asked = new WeakMap<vscode.TextDocument, number>();
  let isDisposed = false;
  let registration = register();

  function register(): vscode.Disposable {
    times++;
    return vscode.languages.registerDocumentLinkProvider(selector, {
      async provideDocumentLinks(document, token) {
        const links = await provide(document, token);
        const before = asked.get(document);
        asked.set(document, document.version);
        // For the same text VS Code asks anew when a provider is registered, which may be another one in front. Not while typing.
        const mayBeAnother = before === undefined || before === document.version;
        if (links?.length && mayBeAnother && !isLooking && mayBeDisplaced(document)) void lookAt(document, links);
        return links;
      },
    });
  }

  function mayBeDisplaced(document: vscode.TextDocument): boolean {
    return (
      times < maxTimes &&
      vscode.languages.match(dockerfiles, document) > 0 &&
      linkers.some((id) => vscode.extensions.getExtension(id) !== undefined)
    );
  }

  async function lookAt(document: vscode.TextDocument, ours: readonly vscode.DocumentLink[]): Promise<void> {
    isLooking = true;
    try {
      const shown =
        (await vscode.commands.executeCommand<vscode.DocumentLink[] | undefined>(
          'vscode.executeLinkProvider',
          document.uri,
        )) ?? [];
      const isShown = ({ range, target }: vscode.DocumentLink): boolean =>
        shown.some((link) => link.range.isEqual(range) && String(link.target) === String(target));
      if (isDisposed || ours.every(isShown)) return;
      registration.dispose();
      registration = register();
    } catch {
      // Not known what is shown, so ours stays where it is.
    } finally {
      isLooking = false;
    }
  }

  return new vscode.Disposable(() => {
    isDisposed = true;
    registration.dispose();
  });
}
