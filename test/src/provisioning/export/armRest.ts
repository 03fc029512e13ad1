/** ARM by plain REST, as a tool outside the product would speak it: no code of the extension. */
export interface ArmRest {
  /**
   * Sends one request to `path` (an ARM id) and, if it is a write, waits until the resource is there.
   * @throws Error with ARM's own words if it refuses
   */
  call(method: string, path: string, apiVersion: string, body?: unknown): Promise<Record<string, unknown>>;
}

/** `arm`: base address with a trailing slash. */
export function createArmRest(arm: string, token: string): ArmRest {
  const send = async (method: string, url: URL, body?: unknown): Promise<Response> => {
    const response = await fetch(url, {
      method,
      headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
      ...(body !== undefined && { body: JSON.stringify(body) }),
    });
    if (!response.ok) throw new Error(`${method} ${url.pathname}: ${response.status} ${await response.text()}`);
    return response;
  };
  return {
    async call(method, path, apiVersion, body) {
      const url = new URL(path.replace(/^\//, ''), arm);
      url.searchParams.set('api-version', apiVersion);
      const response = await send(method, url, body);
      const answer = await json(response);
      const operation = response.headers.get('azure-asyncoperation');
      if (operation === null) return answer;
      for (;;) {
        const { status, error } = await json(await send('GET', new URL(operation)));
        if (status === 'Succeeded') return json(await send('GET', url));
        if (status === 'Failed' || status === 'Canceled') throw new Error(`${path}: ${JSON.stringify(error)}`);
        await new Promise((resolve) => setTimeout(resolve, 20));
      }
    },
  };
}

async function json(response: Response): Promise<Record<string, unknown>> {
  const text = await response.text();
  const value: unknown = text === '' ? {} : JSON.parse(text);
  return typeof value === 'object' && value !== null ? { ...value } : {};
}
