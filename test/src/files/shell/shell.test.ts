import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { findReferences } from '../findings.ts';
import { ShellReferences } from '../../../../src/files/shell/shell.ts';
import { findSound, renamedIn, summary } from '../found.ts';

const find = (text: string) => findSound({ path: 'ci/build.sh', text });

const written = (text: string) => find(text).map((reference) => reference.written);

describe('a shell script', () => {
  it('names images in commands that pull', () => {
    const text = `#!/usr/bin/env bash
set -euo pipefail
# docker pull upstream.example/comment:1
docker pull upstream.example/a:1
sudo -u ci podman --log-level=debug pull -q --platform linux/amd64 docker://upstream.example/b:2 upstream.example/c
DOCKER_BUILDKIT=1 nerdctl -n k8s.io image pull 'upstream.example/d:4' # why not
docker --context prod container run -it --rm -p 80:80 -v "$PWD":/src \\
  --env NAME=x --network=host -- "upstream.example/e:5" docker pull inside:1
if ! docker image inspect x; then docker run -d upstream.example/f; fi && podman create --name=f upstream.example/g:7
id=$(docker create "upstream.example/h:8") || exit 1
echo "made: $(docker run --rm upstream.example/i:9 id -u)" > out.txt
cat <<EOF | tee x; docker pull upstream.example/j:10
docker pull upstream.example/no:1
EOF
timeout 60 /usr/bin/docker run 2>&1 >/dev/null upstream.example/k@sha256:${'a'.repeat(64)}
docker build -t upstream.example/no:2 . && docker push upstream.example/no:2
docker network create no && docker volume create no
`;
    expect(written(text)).toEqual([
      ...['a:1', 'b:2', 'c', 'd:4', 'e:5', 'f', 'g:7', 'h:8', 'i:9', 'j:10'].map((name) => `upstream.example/${name}`),
      `upstream.example/k@sha256:${'a'.repeat(64)}`,
    ]);
    expect(find(text).every(({ usage, certain }) => usage === 'command' && certain)).toBe(true);
    const after = renamedIn(text, find(text));
    expect(after).toContain("image pull 'downstream.example/cached/d:4' # why not");
    expect(after).toContain('docker://downstream.example/cached/b:2 downstream.example/cached/c\n');
  });

  it('does not name what the same script makes', () => {
    for (const making of [
      'docker build -t upstream.example/app:1 .',
      'docker build --pull --tag=upstream.example/app:1 .',
      'docker build -qt "upstream.example/app:$(date +%s)" .',
      'docker buildx build --platform linux/arm64 --tag upstream.example/app .',
      'sudo podman --log-level debug image build . -tupstream.example/app:1',
      'docker tag upstream.example/other:1 upstream.example/app:2',
      'docker commit -m text container upstream.example/app:1',
      'docker container commit container upstream.example/app',
      'podman import file.tar upstream.example/app:1',
      'nerdctl image push --quiet upstream.example/app:1',
      'docker push -a upstream.example/app',
      'podman push local docker://upstream.example/app:1',
      'NAME=upstream.example/app\ndocker build -t "$NAME:1" .',
    ]) {
      const text = `${making}\ndocker run upstream.example/app:1\ndocker run upstream.example/other:1\n`;
      expect(written(text), making).toEqual(['upstream.example/other:1']);
      expect(written(`docker run upstream.example/app:1\n${making}\n`), making).toEqual([]);
    }
    expect(written('docker build -t myapp .; docker run --rm myapp')).toEqual([]);
    expect(written('docker build -t myapp .; docker run --rm docker.io/library/myapp:2')).toEqual([]);
    expect(written('I=upstream.example/app:1\ndocker build -t "$I" .\ndocker run "$I"\n')).toEqual([]);
    expect(written('docker run myapp; docker build --target -t .')).toEqual(['myapp']);
    expect(written('docker compose build -t myapp; docker run myapp')).toEqual(['myapp']);
    expect(written('docker tag myapp; docker run myapp')).toEqual(['myapp']);
  });

  it('leaves the name that other commands need, whatever the tag', () => {
    const names = (text: string) => find(text).map(({ name }) => (name.kind === 'fixed' ? name.because : name.kind));
    for (const needing of [
      'docker tag upstream.example/a:1 mirror.example/a:1 && docker push mirror.example/a:1',
      'docker image inspect upstream.example/a:1 > /dev/null',
      'docker inspect --format "{{ .Id }}" "upstream.example/a"',
      'docker save -o a.tar upstream.example/a:1',
      'podman history upstream.example/a:1',
      'docker rmi upstream.example/a:2',
      'if [ -z "$(docker images -q upstream.example/a:1)" ]; then exit 1; fi',
      'docker build --cache-from upstream.example/a:1 -t other .',
      'docker build --cache-from=upstream.example/a:1 -t other .',
      'docker build --build-arg "BASE=upstream.example/a:1" -t other .',
      'docker stop $(docker ps -q --filter ancestor=upstream.example/a:1)',
      'sudo kind load docker-image --name test upstream.example/a:1',
      'minikube image load upstream.example/a:1',
      'bash -c "docker save upstream.example/a:1 | gzip > a.tgz"',
    ]) {
      expect(names(`docker pull upstream.example/a:1\n${needing}\n`), needing).toEqual(['usedByName']);
      expect(names(`${needing}\ndocker run upstream.example/a:1\n`), needing).toEqual(['usedByName']);
      expect(names(`docker pull upstream.example/b:1\n${needing}\n`), needing).toEqual(['whole']);
    }
    const composed = 'R=upstream.example\ndocker pull $R/a:1\ndocker tag $R/a:1 b\n';
    expect(renamedIn(composed, find(composed))).toBe(composed);
    // A container may be called as its image is.
    expect(names('docker run -d --name redis redis:7; docker exec redis redis-cli; docker rm redis')).toEqual([
      'whole',
    ]);
    expect(names('docker pull a/b:1; echo a/b:1; docker run a/b:1 docker tag a/b:1 x')).toEqual(['whole', 'whole']);
  });

  it('has no here-document in arithmetic', () => {
    expect(
      written('(( size << n )) && docker pull a:1\nfor ((i = 1 << n; i < 2; i++)); do\ndocker pull b:1; done'),
    ).toEqual(['a:1', 'b:1']);
    expect(written('((docker pull a:1); (docker pull b:1\n))')).toEqual(['a:1', 'b:1']);
  });

  it('is read inside the script that a command has as a word', () => {
    const text = `bash -c 'docker pull upstream.example/a:1 && echo done'
sudo sh -ec "docker run --rm upstream.example/b:2"
/bin/bash --login -euo pipefail -c 'set -x; docker pull "upstream.example/c:3"'
ssh -i key -o StrictHostKeyChecking=no deploy@host.example 'sudo docker pull upstream.example/d:4'
ssh deploy@host.example docker run -d upstream.example/e:5
eval 'docker pull upstream.example/f:6'
bash -c 'ssh h "docker pull upstream.example/g:7"'
bash -c "docker pull upstream.example/no:\$TAG"
bash -c "docker pull \"upstream.example/no:1\""
bash script.sh 'docker pull upstream.example/no:1'
echo 'docker pull upstream.example/no:1'
bash -c 'docker build -t upstream.example/own .'
docker run upstream.example/own
`;
    expect(written(text)).toEqual(
      ['a:1', 'b:2', 'c:3', 'd:4', 'e:5', 'f:6', 'g:7'].map((name) => `upstream.example/${name}`),
    );
    expect(renamedIn(text, find(text))).toContain(`"downstream.example/cached/c:3"'\n`);
    expect(written("I=upstream.example/a\nbash -c 'docker pull $I ${I:-b}'")).toEqual([]);
    expect(summary(find("sh -c 'I=upstream.example/a:1; docker pull $I'"))).toEqual([
      'upstream.example/a:1 = upstream.example/a:1, 1 uses',
    ]);
  });

  it('does not take what a pipeline fills in for a part of a name', () => {
    expect(summary(find('docker pull upstream.example/a:${{ env.TAG }} && docker pull b:1'))).toEqual([
      'upstream.example/a:${{ env.TAG }} = upstream.example/a open',
      'b:1 = b:1',
    ]);
    expect(written('docker pull ${{ format(\'{0} }\', inputs.image) }} $[[ inputs.image ]] "${{ x }}/a:1"')).toEqual(
      [],
    );
    expect(written('docker run -e A=${{ env.A }} --name x-${{ github.run_id }} upstream.example/a')).toEqual([
      'upstream.example/a',
    ]);
    expect(written('docker pull ${{ a\ndocker pull b:1')).toEqual(['b:1']);
  });

  it('is left alone after options that nobody knows', () => {
    expect(written('docker run --new-option thing image:1')).toEqual([]);
    expect(written('docker run -Z thing image:1')).toEqual([]);
    expect(written('docker run --new-option=thing image:1')).toEqual(['image:1']);
    expect(written('podman pull oci:dir:tag dir:/x image:1')).toEqual(['image:1']);
    expect(written('docker run\ndocker\ndocker run -e\ndocker pull')).toEqual([]);
  });

  it('takes what follows open options for an image only if it has a host', () => {
    expect(summary(find('docker run $OPTIONS upstream.example/a:1 sh'))).toEqual([
      'upstream.example/a:1 = upstream.example/a:1, uncertain',
    ]);
    expect(written('docker run "${args[@]}" upstream.example/a:1')).toEqual(['upstream.example/a:1']);
    expect(written('docker run $IMAGE bash')).toEqual([]);
  });

  describe('with variables', () => {
    it('has one reference where an assignment names all of it', () => {
      const text = 'IMAGE="upstream.example/a:1"\ndocker pull $IMAGE\ndocker run --rm "${IMAGE}" sh\n';
      expect(summary(find(text))).toEqual(['upstream.example/a:1 = upstream.example/a:1, 2 uses']);
      expect(renamedIn(text, find(text))).toBe(text.replace('upstream.example/', 'downstream.example/cached/'));
    });

    it('takes the default that a variable is given for itself', () => {
      const text = 'IMAGE=${IMAGE:-upstream.example/a:1}\ndocker pull "$IMAGE"\nfunction f { docker run $IMAGE; }\n';
      expect(summary(find(text))).toEqual(['${IMAGE:-upstream.example/a:1} = upstream.example/a:1, 2 uses']);
      expect(renamedIn(text, find(text))).toBe(text.replace('upstream.example/', 'downstream.example/cached/'));
      const other = `${text}docker save "$IMAGE"\n`;
      expect(renamedIn(other, find(other))).toBe(other);
      expect(written('I=a/b\nI=${I:-c/d}\ndocker pull $I')).toEqual([]);
    });

    it('does not touch an assignment that serves something else too', () => {
      const text = 'export IMAGE=upstream.example/a:1\ndocker pull "$IMAGE"\ndocker save "$IMAGE"\n';
      expect(find(text).map(({ name }) => name)).toEqual([{ kind: 'fixed', because: 'sharedVariable' }]);
    });

    it('replaces what is composed where it stands', () => {
      const text = 'REG=upstream.example\nTAG=1\ndocker pull "$REG/a:$TAG"\ndocker login $REG\n';
      expect(summary(find(text))).toEqual(['$REG/a:$TAG = upstream.example/a:1']);
      expect(renamedIn(text, find(text))).toContain(
        'docker pull "downstream.example/cached/a:$TAG"\ndocker login $REG',
      );
    });

    it('does not replace a variable that may be given from outside by what it is without', () => {
      for (const name of ['upstream.example/x/${V:-a}', '${R:-upstream.example}/x/${V:-b}'])
        expect(
          find(`docker pull ${name}:1`).map((reference) => reference.name.kind),
          name,
        ).toEqual(['fixed']);
    });

    it('takes defaults, and leaves out what depends on how the script runs', () => {
      expect(summary(find('docker pull ${IMAGE:-upstream.example/a:1}'))).toEqual([
        '${IMAGE:-upstream.example/a:1} = upstream.example/a:1',
      ]);
      expect(summary(find('docker pull upstream.example/a:$TAG'))).toEqual([
        'upstream.example/a:$TAG = upstream.example/a open',
      ]);
      expect(written('docker pull $REG/a:1')).toEqual([]);
      expect(written('I=upstream.example/a\nif x; then I=upstream.example/b; fi\ndocker pull $I')).toEqual([]);
      expect(written('f() {\n I=upstream.example/a\n}\ndocker pull $I')).toEqual([]);
      expect(written('I=$(cat image.txt)\ndocker pull "$I"')).toEqual([]);
      expect(written('for I in a b; do docker pull "$I"; done')).toEqual([]);
      expect(written('I=a\nread I\ndocker pull "$I"')).toEqual([]);
      expect(written("docker pull '$I' a\\ b \"a\"'b'")).toEqual(['"a"\'b\'']);
    });
  });
});

describe('any text as a shell script', () => {
  const piece = fc.constantFrom(
    'docker ',
    'podman ',
    'run ',
    'pull ',
    'u.example/a:1',
    'I=',
    '$I',
    '${I:-',
    '$(',
    ')',
    '(',
    '`',
    '"',
    "'",
    '\\',
    '\n',
    '\r\n',
    ' ',
    '#',
    '<<E',
    '\nE\n',
    '>',
    '<',
    '|',
    '&',
    ';',
    '-e ',
    '--',
    '{',
    '}',
    'if ',
    'fi',
    '2',
    '😀',
    '\ud800',
    '\t',
  );

  it('neither throws nor gives a range that is not its text', () => {
    fc.assert(
      fc.property(fc.array(piece, { maxLength: 40 }), fc.boolean(), (pieces, isPowerShell) => {
        const text = pieces.join('');
        const shell = new ShellReferences(text, () => 'unset');
        shell.read([{ range: { start: 0, end: text.length }, isPowerShell, indent: 0 }]);
        for (const { range, written: is } of shell.found().references) {
          expect(text.slice(range.start, range.end)).toBe(is);
        }
        find(text);
      }),
      { numRuns: 3000 },
    );
  });

  const many = 60_000;
  it.each([
    ['substitutions', '$('.repeat(many)],
    ['quoted substitutions', '"$('.repeat(many)],
    ['backticks', '`a '.repeat(many)],
    ['commands', 'docker pull u.example/a:1\n'.repeat(many)],
    ['options', `docker run ${'-e A=1 '.repeat(many)}`],
    ['words', `docker pull ${'a '.repeat(many)}`],
    ['assignments', Array.from({ length: many }, (_, at) => `A${at + 1}=$A${at}$A${at}\n`).join('')],
    ['uses', `A=u.example/a\n${'docker pull $A\n'.repeat(many)}`],
    ['here-documents', `${'<<A '.repeat(many)}\n${'x\n'.repeat(many)}`],
    ['unclosed braces', '${A:-'.repeat(many)],
    ['continued lines', `docker pull ${'\\\n'.repeat(many)}a`],
    ['one word', 'x'.repeat(2_000_000)],
    ['parentheses', '('.repeat(many)],
    ['sudo', 'sudo '.repeat(many)],
    ['open expressions', `docker pull ${'${{ '.repeat(many)}`],
    ['scripts in scripts', "bash -c 'docker ".repeat(many)],
    ['names that others need', `docker pull a/b\n${'docker tag a/b c\n'.repeat(many)}`],
  ])('ends with many of: %s', (_, text) => {
    expect(() => findReferences({ path: 'a.sh', text })).not.toThrow();
  });
});
