import { describe, expect, it } from 'vitest';
import { findReferences } from '../findings.ts';
import { findSound, renamedIn, summary } from '../found.ts';

const findIn = (path: string, text: string) => findSound({ path, text });

const written = (path: string, text: string) => findIn(path, text).map((reference) => reference.written);

const workflow = '.github/workflows/ci.yml';
const gitlab = '.gitlab-ci.yml';
const azure = 'azure-pipelines.yml';

const steps = (list: string) => `on: push\njobs:\n  test:\n    runs-on: ubuntu-latest\n    steps:\n${list}`;

describe('scripts of a workflow', () => {
  it('pull images, wherever a script stands as it is', () => {
    const text = steps(`      - run: docker pull upstream.example/plain:1 # why
      - {name: flow, run: "docker pull upstream.example/double:1 && docker pull upstream.example/double2:1"}
      - run: 'docker run --rm upstream.example/single:1 sh -c "echo"'
      - name: block
        run: |
          set -euo pipefail
          docker run --rm \\
            -v "$PWD":/src -e VERSION=\${{ github.sha }} \\
            upstream.example/block:1 make # here
          cat <<EOF > x
          docker pull upstream.example/no:1
          EOF
          docker pull upstream.example/block:\${{ matrix.tag }}
          IMG=upstream.example/variable:1
          docker pull "$IMG" && docker run $IMG
          docker pull \${{ env.REGISTRY }}/no:1 && docker pull $REGISTRY/no:1
          docker pull \${IMAGE:-upstream.example/no:1}
      - run: |-
          docker pull upstream.example/strip:1
      - run: >-
          docker pull
          upstream.example/no:1
      - run: "docker pull \\"upstream.example/no:1\\""
      - run: docker pull
          upstream.example/no:1
      - shell: python
        run: print("docker pull upstream.example/no:1")
      - uses: docker://upstream.example/step:1
`);
    expect(summary(findIn(workflow, text))).toEqual([
      'upstream.example/plain:1 = upstream.example/plain:1',
      'upstream.example/double:1 = upstream.example/double:1',
      'upstream.example/double2:1 = upstream.example/double2:1',
      'upstream.example/single:1 = upstream.example/single:1',
      'upstream.example/block:1 = upstream.example/block:1',
      'upstream.example/block:${{ matrix.tag }} = upstream.example/block open',
      'upstream.example/variable:1 = upstream.example/variable:1, 2 uses',
      'upstream.example/strip:1 = upstream.example/strip:1',
      'upstream.example/step:1 = upstream.example/step:1',
    ]);
    const after = renamedIn(text, findIn(workflow, text));
    expect(after.replaceAll('downstream.example/cached/', 'upstream.example/')).toBe(text);
    expect(after).toContain('            downstream.example/cached/block:1 make # here');
    expect(after).toContain('docker pull downstream.example/cached/block:${{ matrix.tag }}\n');
    expect(written(workflow, text.replaceAll('\n', '\r\n'))).toEqual(written(workflow, text));
  });

  it('are read by the shell that runs them', () => {
    const script = '|\n          docker run `\n            -v a:b `\n            upstream.example/a:1\n';
    const found = ['upstream.example/a:1'];
    expect(written(workflow, steps(`      - shell: pwsh\n        run: ${script}`))).toEqual(found);
    expect(written(workflow, steps(`      - run: ${script}        shell: powershell\n`))).toEqual(found);
    const job = steps(`      - run: ${script}`);
    expect(written(workflow, job)).toEqual([]);
    expect(written(workflow, job.replace('ubuntu-latest', 'windows-2022'))).toEqual(found);
    expect(written(workflow, `defaults: {run: {shell: pwsh}}\n${job}`)).toEqual(found);
    expect(written(workflow, job.replace('    steps', '    defaults: {run: {shell: pwsh}}\n    steps'))).toEqual(found);
    const action = `runs:\n  using: composite\n  steps:\n  - shell: bash\n    run: docker pull upstream.example/a:1\n`;
    expect(written('action.yml', action)).toEqual(found);
  });

  it("pull nothing that PowerShell's comments and here-strings say", () => {
    const text = steps(`      - shell: pwsh
        run: |
          <#
          docker pull upstream.example/no:1
          #> docker pull upstream.example/a:1
          $x = @"
          it's no quote
          docker pull upstream.example/no:2
          "@; docker pull upstream.example/b:1
          Set-Content x @'
          docker pull "upstream.example/no:3
            '@
          docker pull upstream.example/no:4
          '@
          docker login -u "user@"
          docker pull upstream.example/c:1
`);
    const found = ['a:1', 'b:1', 'c:1'].map((name) => `upstream.example/${name}`);
    expect(written(workflow, text)).toEqual(found);
    expect(written(workflow, text.replaceAll('\n', '\r\n'))).toEqual(found);
  });

  it('pull nothing that any step makes', () => {
    const pulls = '      - run: docker run upstream.example/app:1 && docker pull upstream.example/other\n';
    const other = ['upstream.example/other'];
    for (const step of [
      '      - run: docker build -t upstream.example/app:${{ github.sha }} .\n',
      '      - run: >-\n          docker build -t upstream.example/app:2\n          --push .\n',
      '      - run: "docker tag \\"x\\" upstream.example/app:1"\n',
      '      - uses: docker/build-push-action@v6\n        with: {context: ., tags: "upstream.example/app:${{ github.sha }}"}\n',
      '      - uses: docker/build-push-action@v6\n        with:\n          tags: |\n            x/y:1\n            upstream.example/app:1\n',
      '      - uses: docker/metadata-action@v5\n        with:\n          images: upstream.example/app\n',
    ]) {
      expect(written(workflow, steps(step + pulls)), step).toEqual(other);
      expect(written(workflow, steps(pulls + step)), step).toEqual(other);
    }
    expect(written(workflow, steps(pulls))).toEqual(['upstream.example/app:1', ...other]);
  });

  it('keep the name that another step needs', () => {
    const text = steps(
      '      - run: docker pull upstream.example/a:1\n      - run: |\n          docker tag upstream.example/a:1 b\n',
    );
    expect(findIn(workflow, text).map(({ name }) => name)).toEqual([{ kind: 'fixed', because: 'usedByName' }]);
  });
});

describe('scripts of a GitLab pipeline', () => {
  it('pull images, line by line or as a text', () => {
    const text = `variables: {IMG: upstream.example/no:1}
default:
  before_script:
    - docker pull upstream.example/default:1
.scripts: &scripts
  - docker pull upstream.example/no:1
build:
  image: upstream.example/job:1
  before_script: [ 'docker pull upstream.example/before:1' ]
  script:
    - export APP=upstream.example/variable:1
    - docker pull $APP
    - - docker pull upstream.example/nested:1
    - |
      docker run --rm upstream.example/block:1
      docker pull $IMG && docker pull \${IMG:-upstream.example/no:1}
    - docker pull $[[ inputs.image ]]
    - docker pull $CI_REGISTRY_IMAGE:latest
  after_script:
    - docker pull $APP
    - docker rmi upstream.example/after:1
release:
  script: docker pull upstream.example/text:1
  variables: {script: docker pull upstream.example/no:1}
`;
    expect(written(gitlab, text)).toEqual(
      ['default:1', 'job:1', 'before:1', 'variable:1', 'nested:1', 'block:1', 'text:1'].map(
        (name) => `upstream.example/${name}`,
      ),
    );
    // `$APP` of `after_script` is another shell's.
    expect(findIn(gitlab, text)[3]).toMatchObject({ uses: [{}], name: { kind: 'whole' } });
    expect(summary(findIn(gitlab, `# moved\n${text}`))).toEqual(summary(findIn(gitlab, text)));
  });

  it('leave a variable alone that other scripts may use', () => {
    const before = (key: string) => `${key}  before_script:\n    - IMG=upstream.example/a:1\n    - docker pull $IMG\n`;
    const names = (text: string) => findIn(gitlab, text).map(({ name }) => name.kind);
    for (const use of ['docker push $IMG', '"docker tag \\"${IMG}\\" x"', './deploy.sh ${IMG}']) {
      expect(names(`${before('job:\n')}  script:\n    - ${use}\n`), use).toEqual(['fixed']);
      expect(names(`job:\n  script: ${use}\n${before('default:\n')}`), use).toEqual(['fixed']);
    }
    expect(names(`${before('job:\n')}  script:\n    - make\n`)).toEqual(['whole']);
  });

  it('pull images of a block that an alias means', () => {
    const text = `.pull: &pull |
  cat <<EOF
  docker pull upstream.example/no:1
  EOF
  docker pull upstream.example/a:1
one:
  script:
    - *pull
two:
  script: *pull
`;
    expect(written(gitlab, text)).toEqual(['upstream.example/a:1']);
    expect(written(gitlab, text.replace('script: *pull', 'script: docker tag upstream.example/a:1 b'))).toEqual([
      'upstream.example/a:1',
    ]);
  });

  it('pull nothing that any job makes', () => {
    const text = `build:
  script:
    - >
      docker build
      -t upstream.example/app:$CI_COMMIT_SHA .
test:
  script:
    - docker run upstream.example/app:latest
    - docker pull upstream.example/other:1
`;
    expect(written(gitlab, text)).toEqual(['upstream.example/other:1']);
  });
});

describe('scripts of Azure Pipelines', () => {
  it('pull images in steps and tasks', () => {
    const text = `variables: {tag: '1', image: upstream.example/no:1}
resources: {containers: [{container: a, image: upstream.example/resource:1}]}
stages:
- stage: a
  jobs:
  - deployment: b
    strategy:
      runOnce:
        deploy:
          steps:
          - script: docker pull upstream.example/deploy:$(tag)
          - \${{ if eq(variables['x'], 'y') }}:
            - bash: |
                docker run --rm $(options) upstream.example/conditional:1
                docker pull $(image) && docker pull $(registry)/no:1
                docker pull upstream.example/sub:$(date +%s)
          - pwsh: |
              docker run \`
                -it upstream.example/pwsh:1
          - task: AzureCLI@2
            inputs:
              scriptType: bash
              inlineScript: |
                az acr login -n x
                docker pull upstream.example/cli:1
          - task: AzureCLI@2
            inputs: {scriptType: pscore, inlineScript: docker pull upstream.example/pscore:1}
          - task: SSH@0
            inputs: {runOptions: inline, inline: docker pull upstream.example/ssh:1}
          - task: Other@1
            inputs: {script: docker pull upstream.example/no:1}
          - template: x.yml
            parameters:
              steps:
              - script: docker pull upstream.example/parameter:1
`;
    expect(summary(findIn(azure, text))).toEqual([
      'upstream.example/resource:1 = upstream.example/resource:1',
      'upstream.example/deploy:$(tag) = upstream.example/deploy open',
      'upstream.example/conditional:1 = upstream.example/conditional:1, uncertain',
      'upstream.example/sub:$(date +%s) = upstream.example/sub open',
      ...['pwsh', 'cli', 'pscore', 'ssh', 'parameter'].map(
        (name) => `upstream.example/${name}:1 = upstream.example/${name}:1`,
      ),
    ]);
  });

  it("pull nothing that Docker's task makes", () => {
    const text = `steps:
- task: Docker@2
  inputs: {command: buildAndPush, containerRegistry: connection, repository: team/app, tags: '1'}
- script: docker run upstream.example/team/app:1 && docker pull upstream.example/team/other:1
`;
    expect(written(azure, text)).toEqual(['upstream.example/team/other:1']);
  });
});

const many = 10_000;
it.each([
  ['scripts', steps('      - run: docker pull u.example/a:1\n'.repeat(many))],
  ['lines', steps(`      - run: |\n${'          docker pull u.example/a:1\n'.repeat(many)}`)],
  ['open quotes', steps('      - run: |\n          docker pull "\n'.repeat(many))],
  ['here-documents', steps(`      - run: |\n          docker ${'<<E '.repeat(many)}\n${'          x\n'.repeat(many)}`)],
  ['scripts in one line', `[${'{run: docker pull a}, '.repeat(many)}]`.replace(/^/, 'jobs: {a: {steps: ') + '}}'],
  ['aliases', steps(`      - run: &a docker pull u.example/a:1\n${'      - run: *a\n'.repeat(many)}`)],
])('ends with many of: %s', (_, text) => {
  expect(() => findReferences({ path: workflow, text })).not.toThrow();
});
