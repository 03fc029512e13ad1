import { describe, expect, it } from 'vitest';
import { findReferences } from './findings.ts';
import { sayImages } from '../../cases/sayImages.ts';
import { findSound, renamedIn } from './found.ts';

type Shape = [what: string, path: string, input: string, images: string[]];

function expectShapes(name: string, shapes: readonly Shape[]): void {
  describe(name, () => {
    it.each(shapes)('%s', (_, path, input, images) => {
      findSound({ path, text: input });
      expect(sayImages({ path, input }).images).toEqual(images);
    });
  });
}

const block = (language: string, ...lines: string[]) => `Text.\n\n\`\`\`${language}\n${lines.join('\n')}\n\`\`\`\n`;
const markdown = (what: string, language: string, lines: string[], images: string[]): Shape => [
  what,
  'README.md',
  block(language, ...lines),
  images,
];

expectShapes('consoles of Markdown', [
  markdown('no prompt', 'console', ['podman pull quay.io/a/b:1', 'Trying to pull quay.io/a/b:1...'], ['quay.io/a/b:1']),
  markdown('no prompt, with a comment', 'shell-session', ['# First', 'docker pull a/b:1'], ['a/b:1']),
  markdown('no prompt, on two lines', 'terminal', ['docker run \\', '  --rm a/b:1'], ['a/b:1']),
  markdown('no prompt, after a blank line', 'console', ['', 'sudo docker run a/b'], ['a/b']),
  markdown('a dollar, and what it prints', 'console', ['$ docker run a/b', 'docker run c/d'], ['a/b']),
  markdown('a user, and what it prints', 'console', ['me@host:~/x$ docker run a/b', 'docker run c/d'], ['a/b']),
  markdown('a path', 'console', ['/app # docker run a/b', 'docker run c/d'], ['a/b']),
  markdown('a drive', 'console', ['C:\\x> docker run a/b', 'docker run c/d'], ['a/b']),
  markdown('root', 'console', ['# docker run a/b', 'it runs'], ['a/b']),
  markdown('an angle', 'console', ['> docker run a/b', 'it runs'], ['a/b']),
  [
    'built in another block',
    'README.md',
    block('console', 'docker build -t shop:1 .') + block('bash', 'docker run shop:1'),
    [],
  ],
  ['built by buildah', 'README.md', block('console', 'buildah bud -t shop .', 'podman run shop'), []],
  ['built by pack', 'README.md', block('', 'pack build shop --builder x/y', 'docker run shop'), []],
  ['built by nerdctl', 'README.md', block('console', 'nerdctl build --tag=shop .', 'nerdctl run shop'), []],
  [
    'built beside another',
    'README.md',
    block('console', 'docker build -t shop .', 'docker run shop', 'docker run redis:7'),
    ['redis:7'],
  ],
]);

expectShapes('languages of Markdown', [
  markdown('azurecli', 'azurecli', ['docker pull a.azurecr.io/b'], ['a.azurecr.io/b']),
  markdown('azurecli-interactive', 'azurecli-interactive', ['docker pull a.azurecr.io/b'], ['a.azurecr.io/b']),
  markdown('bash-interactive', 'bash-interactive', ['docker pull a.azurecr.io/b'], ['a.azurecr.io/b']),
  markdown('azurepowershell', 'azurepowershell-interactive', ['docker pull `', '  a.azurecr.io/b'], ['a.azurecr.io/b']),
  markdown('another language', 'python', ['docker pull a.azurecr.io/b'], []),
  markdown('a manifest', '', ['apiVersion: v1', 'kind: Pod', 'spec:', '  containers:', '  - image: nginx'], ['nginx']),
  markdown('a compose file as text', 'text', ['services:', '  web:', '    image: a/b:1'], ['a/b:1']),
  markdown('a Dockerfile with ARG', '', ['# syntax', 'ARG V=1', 'FROM a/b:$V', 'RUN x \\', '  y'], ['a/b:1']),
  markdown('SQL', '', ['FROM users', 'WHERE a = 1'], []),
  markdown('a letter', '', ['FROM me to you', 'with love'], []),
  markdown('a log', '', ['Status: Downloaded newer image for a/b:1', 'docker run c/d:1'], ['c/d:1']),
  markdown('commands', '', ['docker run a/b'], ['a/b']),
]);

expectShapes('parts of YAML in Markdown', [
  markdown('init containers', 'yaml', ['initContainers:', '- name: a', '  image: busybox'], ['busybox']),
  markdown('a service', 'yaml', ['web:', '  image: quay.io/a/b'], ['quay.io/a/b']),
  markdown('a job', 'yml', ['image: ruby:3.3', 'services:', '  - postgres:16'], ['ruby:3.3', 'postgres:16']),
  markdown('a container of a job', 'yaml', ['runs-on: x', 'container: node:22'], ['node:22']),
  markdown('values', 'yaml', ['web:', '  image:', '    repository: quay.io/a/b', '    tag: 1'], ['quay.io/a/b:1']),
  markdown('a picture', 'yaml', ['title: x', 'image: assets/cover.png'], []),
  markdown('a path of a picture', 'yaml', ['title: x', 'image: assets/cover'], []),
  markdown("a virtual machine's", 'yaml', ['pool:', '  image: ubuntu-latest'], []),
  markdown('a name alone', 'yaml', ['image: nginx'], []),
  ['not in a file of its own', 'x.yaml', 'web:\n  image: quay.io/a/b\n', []],
]);

expectShapes('placeholders', [
  markdown('a registry', 'sh', ['docker pull <my registry>.azurecr.io/a'], []),
  markdown('a registry in words', 'console', ['docker run -d <your-registry>/a b'], []),
  markdown('an image and its command', 'sh', ['podman run --rm <image name> migrate up'], []),
  markdown('an image in quotes', 'sh', ["docker run '<image>' up", 'docker run "<the image>" up'], []),
  markdown('a value of an option', 'sh', ['docker run --name <name> -v <path>:/x a/b:1'], ['a/b:1']),
  markdown('a tag', 'sh', ['docker run a/b:1.<minor>'], []),
  markdown('how it is used', 'sh', ['docker pull [options] image', 'docker run [options] image'], []),
  markdown('a manifest', 'yaml', ['containers:', '- image: <your registry>/a:1'], []),
  markdown('capital letters', 'sh', ['docker pull YOURREGISTRY/a'], []),
  ['in a script', 'a.sh', 'docker run <image> up\n', []],
  [
    'what is read and written',
    'a.sh',
    'docker run -i a/b:1 <in.sql >out.txt\ndocker run -i c/d:1 < in\n',
    ['a/b:1', 'c/d:1'],
  ],
  ['a here-document', 'a.sh', 'docker run -i a/b:1 <<EOF >out\ndocker run c/d\nEOF\n', ['a/b:1']],
  ['a here-string', 'a.sh', 'docker run -i a/b:1 <<<"x" >out\n', ['a/b:1']],
  ['what a process writes', 'a.sh', 'docker run -i a/b:1 < <(docker run c/d:1)>out\n', ['a/b:1', 'c/d:1']],
  markdown(
    'a type in a pipeline',
    'yaml',
    ['resources:', '  containers:', '  - container: string', '    image: string'],
    [],
  ),
  markdown(
    'a type in a manifest',
    'yaml',
    ['apiVersion: v1', 'kind: Pod', 'spec:', '  containers:', '  - image: string'],
    [],
  ),
  markdown('a type in compose', 'yaml', ['services:', '  web:', '    image: str'], []),
]);

expectShapes('parts of Dockerfiles in Markdown', [
  markdown('a stage that is left out', 'dockerfile', ['FROM a/b:1', 'COPY --from=build /a /b'], ['a/b:1']),
  markdown('a mount of one', 'docker', ['RUN --mount=type=bind,from=deps,target=/x y'], []),
  [
    'a stage of another block',
    'README.md',
    block('dockerfile', 'FROM a/b AS Base') + block('dockerfile', 'FROM base AS test'),
    ['a/b'],
  ],
  markdown('an image', 'dockerfile', ['COPY --from=ghcr.io/a/uv:1 /uv /bin/'], ['ghcr.io/a/uv:1']),
  markdown('an image with a tag', 'dockerfile', ['COPY --from=nginx:1 /a /b'], ['nginx:1']),
  ['a whole file', 'Dockerfile', 'FROM a/b\nCOPY --from=nginx /a /b\n', ['a/b', 'nginx']],
]);

expectShapes('shells', [
  ['an array', 'a.sh', 'OPTS=(--rm -it)\npodman run "${OPTS[@]}" a/b:1\n', ['a/b:1']],
  [
    'an array that grows',
    'a.sh',
    'declare -a opts=()\nif [ -t 0 ]; then\n  opts+=(-it)\nfi\ndocker run ${opts[@]+"${opts[@]}"} a/b:1 sh\n',
    ['a/b:1'],
  ],
  [
    'an array on lines',
    'a.sh',
    'A=(\n  # where\n  -v "$PWD:/x"\n  --rm\n)\ndocker create "${A[*]}" a/b:1 x/y\n',
    ['a/b:1'],
  ],
  ['an array from elsewhere', 'a.sh', 'docker run "${ARGS[@]}" --name x a/b:1\n', ['a/b:1']],
  ['an array with the image', 'a.sh', 'A=(--rm c/d:1)\ndocker run "${A[@]}" -p a/b:1\n', []],
  ['an array of images', 'a.sh', 'docker run "${IMAGE[@]}" --name x a/b:1\n', []],
  ['options in a text', 'a.sh', 'OPTS="--rm -it"\ndocker run $OPTS a/b:1 sh\n', ['a/b:1']],
  ['an image in a text', 'a.sh', 'IMAGE=c/d:1\ndocker run $IMAGE a/b:1\n', ['c/d:1']],
  ['a client', 'a.sh', 'DOCKER=podman\n$DOCKER run a/b:1\n', ['a/b:1']],
  ['a client with rights', 'a.sh', 'D="sudo docker"\n${D} pull a/b:1\n', ['a/b:1']],
  ['a client from elsewhere', 'a.sh', 'sudo "$CONTAINER_ENGINE" run --rm a/b:1\n', ['a/b:1']],
  ['a client by its place', 'a.sh', 'DOCKER=$(command -v docker)\n"$DOCKER" pull a/b:1\n', ['a/b:1']],
  ['what a client in a variable builds', 'a.sh', 'D=docker\n$D build -t a/b .\n$D run a/b\n', []],
  ['one of two clients', 'a.sh', 'if x; then\n  E=podman\nelse\n  E=docker\nfi\nexec "$E" run a/b:1\n', ['a/b:1']],
  ['a client or something else', 'a.sh', 'if x; then\n  E=podman\nelse\n  E=git\nfi\n$E pull a/b:1\n', []],
  ['options from elsewhere', 'a.sh', 'docker run ${DOCKER_OPTS} --name x a/b:1\n', ['a/b:1']],
  ['what may be the image', 'a.sh', 'docker run $WHAT --name x a/b:1\n', []],
  ['another program', 'a.sh', 'APP=git\n$APP pull a/b:1\n$RUNNER run c/d:1\n', []],
  ['kubectl run', 'a.sh', 'kubectl run x --image a/b:1 -- docker run c/d:1\n', ['a/b:1']],
  ['kubectl create', 'a.sh', "kubectl -n y create deployment x --image='a/b:1'\n", ['a/b:1']],
  ['kubectl debug', 'a.sh', 'kubectl debug -it node/x --image="$IMAGE"\nkubectl debug x --image=a/b\n', ['a/b']],
  ['kubectl set image', 'a.sh', 'kubectl set image deployment/x web=a/b:1 log=c/d:2 --record\n', ['a/b:1', 'c/d:2']],
  ['oc', 'a.sh', 'oc new-app --docker-image=a/b:1\n', ['a/b:1']],
  [
    'az container',
    'a.sh',
    'az container create -g x \\\n  --name y --image mcr.microsoft.com/a/b\n',
    ['mcr.microsoft.com/a/b'],
  ],
  ['az containerapp', 'a.sh', 'az containerapp update -n x --image "a.azurecr.io/b:1"\n', ['a.azurecr.io/b:1']],
  ['az webapp', 'a.sh', 'az webapp config set --linux-fx-version "DOCKER|a.azurecr.io/b:1"\n', ['a.azurecr.io/b:1']],
  ['az webapp create', 'a.sh', 'az webapp create -n x --deployment-container-image-name a/b:1\n', ['a/b:1']],
  ['gcloud run', 'a.sh', 'gcloud run deploy x --image=gcr.io/a/b\n', ['gcr.io/a/b']],
  ['az vm', 'a.sh', 'az vm create --image Ubuntu2204 -n x\n', []],
  [
    'az acr',
    'a.sh',
    'az acr import -n x --source docker.io/library/a:1 --image a:1\naz acr build -r x --image b:1 .\n',
    [],
  ],
  ['cache rules', 'a.sh', 'az acr cache create -r x -n y -s docker.io/library/a -t a\n', []],
  ['another option', 'a.sh', 'kubectl get x --image-pull-policy=Always --images=a/b:1\n', []],
  ['what is built', 'a.sh', 'docker build -t a/b:1 .\nkubectl run x --image=a/b:1\n', []],
  markdown('in Markdown', 'console', ['$ kubectl run x --image=a/b:1', 'pod/x created'], ['a/b:1']),
  [
    'in a pipeline',
    'azure-pipelines.yml',
    'steps:\n  - script: kubectl create deployment x --image=quay.io/a/b:1\n',
    ['quay.io/a/b:1'],
  ],
]);

const pipeline = (text: string) => `pool:\n  vmImage: ubuntu-latest\n${text}steps:\n  - script: make\n`;
const matrix = (values: string, container: string) =>
  pipeline(`strategy:\n  matrix:\n${values}container: ${container}\n`);

expectShapes('Azure Pipelines', [
  [
    'an index in an expression',
    'azure-pipelines.yml',
    pipeline("variables:\n  i: a/b:1\ncontainer: ${{ variables['i'] }}\n"),
    ['a/b:1'],
  ],
  [
    'an index without blanks',
    'azure-pipelines.yml',
    pipeline("variables:\n- name: i\n  value: a/b:1\ncontainer: $[variables['i']]\n"),
    ['a/b:1'],
  ],
  [
    'a property',
    'azure-pipelines.yml',
    pipeline('variables:\n  i: a/b:1\ncontainer:\n  image: $[ variables.i ]\n'),
    ['a/b:1'],
  ],
  [
    'part of an image',
    'azure-pipelines.yml',
    pipeline("variables:\n  v: '1'\ncontainer: a/b:$[ variables['v'] ]\n"),
    ['a/b:1'],
  ],
  [
    'what is computed',
    'azure-pipelines.yml',
    pipeline("variables:\n  i: a/b:1\ncontainer: $[ coalesce(variables['i'], 'c/d:1') ]\n"),
    [],
  ],
  [
    'a matrix by an index',
    'azure-pipelines.yml',
    matrix('    a: {i: "a/b:1"}\n    b: {i: "c/d:2"}\n', "$[ variables['i'] ]"),
    ['a/b:1', 'c/d:2'],
  ],
  ['a matrix by a macro', 'azure-pipelines.yml', matrix('    a:\n      I: a/b:1\n', '$(i)'), ['a/b:1']],
  [
    'matrices of two jobs',
    'azure-pipelines.yml',
    'jobs:\n- job: x\n  strategy:\n    matrix:\n      a: {i: "a/b:1"}\n  container: $[ variables.i ]\n- job: y\n  strategy:\n    matrix:\n      a: {i: "c/d:1"}\n- job: z\n  container: $[ variables.i ]\n',
    ['a/b:1'],
  ],
  [
    'names of resources',
    'azure-pipelines.yml',
    `resources:\n  containers:\n  - container: linux\n    image: a/b:1\n${matrix('    a: {c: linux}\n    b: {c: other}\n', '$[ variables.c ]')}`,
    ['a/b:1'],
  ],
  [
    'the name of a resource in a variable',
    'azure-pipelines.yml',
    `resources:\n  containers:\n  - container: linux\n    image: a/b:1\n${pipeline('variables:\n  c: linux\ncontainer: $[ variables.c ]\n')}`,
    ['a/b:1'],
  ],
  ['a matrix of other things', 'azure-pipelines.yml', matrix('    a: {image: ubuntu-22.04}\n', 'a/b:1'), ['a/b:1']],
]);

expectShapes('GitLab', [
  [
    'a reference on lines',
    '.gitlab-ci.yml',
    'test:\n  services: !reference\n    - .base\n    - services\n  script: x\n',
    [],
  ],
  [
    'a reference in a list',
    '.gitlab-ci.yml',
    'test:\n  services:\n    - !reference [.base, services, 0]\n    - redis:7\n',
    ['redis:7'],
  ],
  ['an image by reference', '.gitlab-ci.yml', 'test:\n  image: !reference [.base, image]\n  script: x\n', []],
  ['an own list', '.gitlab-ci.yml', 'test:\n  services: [redis, services]\n', ['redis', 'services']],
]);

const values = (...lines: string[]): [string, string] => ['values.yaml', `${lines.join('\n')}\n`];

expectShapes('values of Helm', [
  [
    'name and digest',
    ...values('app:', '  sidecarImage:', '    name: quay.io/a/b', `    digest: sha256:${'a'.repeat(64)}`),
    [`quay.io/a/b@sha256:${'a'.repeat(64)}`],
  ],
  ['registry and name', ...values('image:', '  registry: quay.io', '  name: a/b', '  tag: 1'), ['quay.io/a/b:1']],
  [
    'name and tag by other keys',
    ...values('images:', '  web:', '    name: quay.io/a/b', '    tag: 1'),
    ['quay.io/a/b:1'],
  ],
  ['a name alone', ...values('image:', '  name: quay.io/a/b'), []],
  ['name and tag of something else', ...values('release:', '  name: a/b', '  tag: 1'), []],
  ['snake case', ...values('image_name: quay.io/a/b', 'image_tag: 1'), ['quay.io/a/b:1']],
  ['repository', ...values('x:', '  imageRepository: quay.io/a/b', '  imageTag: v1'), ['quay.io/a/b:v1']],
  ['image and version', ...values('proxyImage: quay.io/a/b', 'proxyVersion: v1', 'version: v2'), ['quay.io/a/b:v1']],
  [
    'several',
    ...values('aImageName: quay.io/a/a', 'bImageName: quay.io/a/b', 'aImageTag: 1', 'bImageTag: 2'),
    ['quay.io/a/a:1', 'quay.io/a/b:2'],
  ],
  ['flat with a registry', ...values('imageRegistry: quay.io', 'imageName: a/b', 'imageTag: 1'), ['quay.io/a/b:1']],
  ['a tag of something else', ...values('imageName: web', 'chartVersion: 1'), []],
  ['text of containers', ...values('sidecars: |-', '  - image: quay.io/a/b:1', '    name: x'), ['quay.io/a/b:1']],
  [
    'text of a template',
    ...values(
      'x:',
      '  podTemplate: |',
      '    spec:',
      '      containers:',
      '      {{- if .x }}',
      '      - image: quay.io/a/b:{{ .tag }}',
      '      {{- end }}',
    ),
    ['quay.io/a/b'],
  ],
  ['text of something else', ...values('notes: |', '  The image: is here', '  docker run a/b:1'), []],
  ['text of a script', ...values('script: |', '  echo "image: a/b:1"'), []],
  [
    'digits of a digest',
    ...values('image:', '  repository: quay.io/a/b@sha256', `  tag: ${'b'.repeat(64)}`),
    [`quay.io/a/b@sha256:${'b'.repeat(64)}`],
  ],
  ['digits that are none', ...values('image:', '  repository: quay.io/a/b@sha256', '  tag: v1'), []],
  [
    'keel',
    ...values('keel:', '  images:', '    - repository: worker.image.repository', '      tag: worker.image.tag'),
    [],
  ],
  ['a host that ends so', ...values('image:', '  repository: my.repository/a', '  tag: 1'), ['my.repository/a:1']],
  [
    'names beside images that have a registry',
    'config/config.yaml',
    `a:\n  image:\n    registry: quay.io\n    repository: a/b\n    tag: v1\nb:\n  repository: billing\n  digest: sha256:${'a'.repeat(64)}\n`,
    ['quay.io/a/b:v1'],
  ],
  [
    'a name that is called an image',
    'config/config.yaml',
    'a:\n  image:\n    registry: quay.io\n    repository: a/b\nc-image:\n  repository: billing\n  digest: ""\n',
    ['quay.io/a/b'],
  ],
  [
    'an empty digest',
    ...values('image:', '  repository: quay.io/a/b', 'b:', '  repository: billing', '  digest: ""'),
    ['quay.io/a/b'],
  ],
  [
    'a tag',
    ...values('image:', '  repository: quay.io/a/b', 'redis:', '  repository: redis', '  tag: "7"'),
    ['quay.io/a/b', 'redis:7'],
  ],
]);

const task = (params: string, image: string, more = '') =>
  `apiVersion: tekton.dev/v1\nkind: Task\nmetadata: {name: x}\nspec:\n  params:\n${params}  steps:\n  - name: a\n    image: ${image}\n${more}`;
const container = (...lines: string[]) =>
  ['apiVersion: v1', 'kind: Pod', 'spec:', '  containers:', '  - name: a', '    image: a/a:1', ...lines, ''].join('\n');

expectShapes('manifests', [
  ['a default of Tekton by an index', 'a.yaml', task('  - {name: I, default: "a/b:1"}\n', '$(params["I"])'), ['a/b:1']],
  ['a default of Tekton that is no image', 'a.yaml', task('  - {name: J, default: "a/b:1"}\n', '$(params.I)'), []],
  ['part of a default', 'a.yaml', task('  - {name: I, default: "a/b"}\n', '$(params.I):1'), []],
  [
    'an argument of Argo',
    'a.yaml',
    'apiVersion: argoproj.io/v1alpha1\nkind: Workflow\nspec:\n  arguments:\n    parameters:\n    - name: i\n      value: a/b:1\n  templates:\n  - container:\n      image: "{{workflow.parameters.i}}"\n',
    ['a/b:1'],
  ],
  [
    'a parameter of a template of OpenShift',
    'a.yaml',
    'apiVersion: template.openshift.io/v1\nkind: Template\nobjects:\n- kind: Pod\n  spec:\n    containers:\n    - image: ${I}\nparameters:\n- name: I\n  value: a/b:1\n',
    ['a/b:1'],
  ],
  ['an argument', 'a.yaml', container('    args: [--x, "--proxy-image=quay.io/a/b:1"]'), ['a/a:1', 'quay.io/a/b:1']],
  [
    'an argument and its value',
    'a.yaml',
    container('    command:', '    - /x', '    - --image', '    - quay.io/a/b:1'),
    ['a/a:1', 'quay.io/a/b:1'],
  ],
  [
    'a related image',
    'a.yaml',
    container('    env:', '    - name: RELATED_IMAGE_B', '      value: quay.io/a/b:1'),
    ['a/a:1', 'quay.io/a/b:1'],
  ],
  [
    'arguments that are no image',
    'a.yaml',
    container(
      '    args: ["--image-pull-policy=Always", "--image-tag=v1", "--destination-image=quay.io/a/b:1", "--image=$(X)", "--url=quay.io/a/b:1"]',
    ),
    ['a/a:1'],
  ],
  [
    'a function of kpt',
    'a.yaml',
    "apiVersion: x/v1\nkind: X\nmetadata:\n  annotations:\n    config.k8s.io/function: 'container: {image: gcr.io/a/b:1}'\n",
    ['gcr.io/a/b:1'],
  ],
  [
    'another annotation',
    'a.yaml',
    'apiVersion: x/v1\nkind: X\nmetadata:\n  annotations:\n    x/y: |\n      container:\n        image: gcr.io/a/b:1\n',
    [],
  ],
  [
    'actions of Skaffold',
    'skaffold.yaml',
    'apiVersion: skaffold/v4beta6\nkind: Config\nbuild:\n  artifacts:\n  - image: web\ncustomActions:\n- name: x\n  containers:\n  - name: y\n    image: alpine\n  - name: z\n    image: web\n',
    ['alpine'],
  ],
  [
    'a profile of Skaffold',
    'skaffold.yaml',
    'apiVersion: skaffold/v4beta6\nkind: Config\nprofiles:\n- name: x\n  build:\n    artifacts:\n    - image: web\n  verify:\n  - name: y\n    container: {name: y, image: "alpine:3"}\n',
    ['alpine:3'],
  ],
]);

describe('a parameter of a manifest', () => {
  const text = task('  - {name: I, default: a/b:1}\n', '$(params.I)');
  const rename = (input: string) => renamedIn(input, findReferences({ path: 'a.yaml', text: input }));

  it('is replaced where it is defined', () => {
    expect(rename(text)).toBe(text.replace('a/b', 'downstream.example/cached/a/b'));
  });

  it.each(['$(params.I)', "$(params['I'])"])('keeps its name if a script has %s, too', (mention) => {
    const pushed = task('  - {name: I, default: a/b:1}\n', '$(params.I)', `    script: docker push ${mention}\n`);
    expect(rename(pushed)).toBe(pushed);
  });
});

describe('a new name', () => {
  it.each<[what: string, path: string, before: string, after: string]>([
    [
      'stands in text of values',
      'values.yaml',
      'x: |\n  - image: "quay.io/a/b:1"\n    name: y\n',
      'x: |\n  - image: "downstream.example/cached/a/b:1"\n    name: y\n',
    ],
    [
      'stands in an argument',
      'a.yaml',
      container("    args: ['--x-image=quay.io/c/b:1']").replace('a/a:1', '${A}'),
      container("    args: ['--x-image=downstream.example/cached/c/b:1']").replace('a/a:1', '${A}'),
    ],
    [
      'stands before digits of a digest',
      'values.yaml',
      `image: quay.io/a/b@sha256\nimageTag: ${'b'.repeat(64)}\n`,
      `image: downstream.example/cached/a/b@sha256\nimageTag: ${'b'.repeat(64)}\n`,
    ],
    [
      'stands in an option',
      'a.sh',
      'kubectl set image deployment/x "web=quay.io/a/b:1"\naz webapp config set --linux-fx-version \'DOCKER|quay.io/a/c:1\'\n',
      'kubectl set image deployment/x "web=downstream.example/cached/a/b:1"\naz webapp config set --linux-fx-version \'DOCKER|downstream.example/cached/a/c:1\'\n',
    ],
    [
      'stands in each leg of a matrix',
      'azure-pipelines.yml',
      matrix('    a: {i: "a/b:1"}\n    b: {i: "c/d:2"}\n', '$[ variables.i ]'),
      matrix(
        '    a: {i: "downstream.example/cached/a/b:1"}\n    b: {i: "downstream.example/cached/c/d:2"}\n',
        '$[ variables.i ]',
      ),
    ],
  ])('%s', (_, path, before, after) => {
    expect(renamedIn(before, findReferences({ path, text: before }))).toBe(after);
  });
});
