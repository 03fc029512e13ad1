import { expect, it } from 'vitest';
import { formatImageReference } from '../../../../../src/domain/imageReference.ts';
import { bestImage, imagesOf } from '../../../../../src/provisioning/verification/pullErrors/imagesOf.ts';

const isKnown = (host: string): boolean => host === 'one.example';
const image = 'one.example/app:1';
const found = (text: string): string[] =>
  imagesOf(text, isKnown).map((one) => `${one.place} ${formatImageReference(one.image)}`);

it.each<[string, string[]]>([
  [`access denied for ${image}`, [`named ${image}`]],
  [`waiting for ${image}`, [`mentioned ${image}`]],
  [`manifest 1 in ${image}`, [`named ${image}`]],
  [`manifest in ${image}`, [`named ${image}`]],
  [`found in ${image}`, [`mentioned ${image}`]],
  [`${image}: not found`, [`named ${image}`]],
  [`${image} not found`, [`mentioned ${image}`]],
  [`${image}: not there`, [`mentioned ${image}`]],
  [`${image}: was found`, [`mentioned ${image}`]],
  [`the repository ${image}`, [`named ${image}`]],
  [`docker pull --quiet ${image}`, [`named ${image}`]],
  [`they pull --quiet ${image}`, [`mentioned ${image}`]],
  [`FROM ${image}`, [`named ${image}`]],
  [`docker://${image}`, [`named ${image}`]],
  [`https://one.example/v2/app/manifests/1`, [`requested ${image}`]],
  [`https://one.example/v2/app/blobs/1`, ['requested one.example/app']],
  [`https://one.example/v2/app/tags/list`, ['requested one.example/app']],
  [`from source ${image}`, []],
  [`on source: ${image}`, [`mentioned ${image}`]],
  [`upstream registry ${image}`, []],
  [`two.example/app:1`, []],
  ['pull access denied for app', ['named app']],
  [`scope=repository:app:pull&service=one.example`, ['requested one.example/app']],
])('the images of "%s"', (text, expected) => {
  expect(found(text)).toEqual(expected);
});

it.each<[string, string | undefined]>([
  [`image "one.example/app" and https://one.example/v2/app/manifests/1`, image],
  [`image "one.example/app" and manifest tagged by "2"`, 'one.example/app:2'],
  [`image "one.example/app" alone`, 'one.example/app'],
  [`image "one.example/app" and image "one.example/other:1"`, 'one.example/other:1'],
  [`https://one.example/v2/app/manifests/1 and image "one.example/other"`, 'one.example/other'],
  ['nothing', undefined],
])('the image that was meant in "%s"', (text, expected) => {
  const best = bestImage(imagesOf(text, isKnown), text);
  expect(best && formatImageReference(best)).toBe(expected);
});
