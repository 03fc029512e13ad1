import 'reflect-metadata'; // @peculiar/x509 needs it loaded before itself.
import { webcrypto } from 'node:crypto';
import * as x509 from '@peculiar/x509';
import { certificateNames } from './names.ts';

/** PEM texts. Private keys exist only in memory; the CA's is dropped once the server's certificate is signed. */
export interface Certificates {
  readonly ca: string;
  readonly certificate: string;
  readonly key: string;
}

const day = 24 * 3600 * 1000;
const algorithm = { name: 'ECDSA', namedCurve: 'P-256', hash: 'SHA-256' };

/** A certification authority of one run, and a server certificate for all names of the sandbox, 127.0.0.1 and ::1, valid 30 days. */
export async function createCertificates(authorityName = 'Azure sandbox CA'): Promise<Certificates> {
  const [authority, server] = await Promise.all([makeKeys(), makeKeys()]);
  // A day back, so that a client whose clock is behind accepts it.
  const validity = { notBefore: new Date(Date.now() - day), notAfter: new Date(Date.now() + 30 * day) };
  const ca = await x509.X509CertificateGenerator.createSelfSigned({
    ...validity,
    name: `CN=${authorityName}`,
    keys: authority,
    signingAlgorithm: algorithm,
    extensions: [
      new x509.BasicConstraintsExtension(true, 0, true),
      new x509.KeyUsagesExtension(x509.KeyUsageFlags.keyCertSign | x509.KeyUsageFlags.cRLSign, true),
      await x509.SubjectKeyIdentifierExtension.create(authority.publicKey),
    ],
  });
  const certificate = await x509.X509CertificateGenerator.create({
    ...validity,
    subject: 'CN=localhost',
    issuer: ca.subject,
    publicKey: server.publicKey,
    signingKey: authority.privateKey,
    signingAlgorithm: algorithm,
    extensions: [
      new x509.BasicConstraintsExtension(false, undefined, true),
      new x509.KeyUsagesExtension(x509.KeyUsageFlags.digitalSignature, true),
      new x509.ExtendedKeyUsageExtension([x509.ExtendedKeyUsage.serverAuth]),
      new x509.SubjectAlternativeNameExtension([
        ...certificateNames.map((value) => ({ type: 'dns' as const, value })),
        { type: 'ip', value: '127.0.0.1' },
        { type: 'ip', value: '::1' },
      ]),
      await x509.SubjectKeyIdentifierExtension.create(server.publicKey),
      await x509.AuthorityKeyIdentifierExtension.create(authority.publicKey),
    ],
  });
  const key = await webcrypto.subtle.exportKey('pkcs8', server.privateKey);
  return {
    ca: pem(ca),
    certificate: pem(certificate),
    key: x509.PemConverter.encode(key, 'PRIVATE KEY'),
  };
}

function makeKeys(): Promise<webcrypto.CryptoKeyPair> {
  return webcrypto.subtle.generateKey(algorithm, true, ['sign', 'verify']);
}

function pem(certificate: x509.X509Certificate): string {
  return `${certificate.toString('pem')}\n`;
}
