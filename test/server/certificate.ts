import { generateKeyPairSync, randomBytes, sign } from 'node:crypto'

/** A private key and a certificate for `localhost` that it signed itself, both in PEM. */
export interface Certificate {
  readonly key: string
  readonly cert: string
}

/** Node makes keys but no certificates, so this one is written by hand, in DER (RFC 5280 4.1). */
export function makeCertificate(): Certificate {
  const { privateKey, publicKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' })
  const ecdsaWithSha256 = sequence(objectId(0x2a, 0x86, 0x48, 0xce, 0x3d, 0x04, 0x03, 0x02))
  const commonName = sequence(objectId(0x55, 0x04, 0x03), element(0x0c, Buffer.from('localhost')))
  const name = sequence(element(0x31, commonName))
  const day = 24 * 60 * 60 * 1_000
  const alternativeNames = sequence(
    objectId(0x55, 0x1d, 0x11),
    octets(sequence(element(0x82, Buffer.from('localhost')))),
  )
  const content = sequence(
    element(0xa0, integer(2)),
    element(0x02, Buffer.concat([Buffer.from([1]), randomBytes(8)])),
    ecdsaWithSha256,
    name,
    sequence(time(Date.now() - day), time(Date.now() + day)),
    name,
    publicKey.export({ type: 'spki', format: 'der' }),
    element(0xa3, sequence(alternativeNames)),
  )
  const signature = Buffer.concat([Buffer.from([0]), sign('sha256', content, privateKey)])
  const certificate = sequence(content, ecdsaWithSha256, element(0x03, signature))
  return {
    key: privateKey.export({ type: 'pkcs8', format: 'pem' }) as string,
    cert: `-----BEGIN CERTIFICATE-----\n${certificate.toString('base64')}\n-----END CERTIFICATE-----\n`,
  }
}

function element(tag: number, ...contents: readonly Buffer[]): Buffer {
  const content = Buffer.concat(contents)
  const { length } = content
  // Up to 127 in one byte; above, how many bytes the length takes, and these.
  const head = length < 0x80 ? [length] : length < 0x100 ? [0x81, length] : [0x82, length >> 8, length & 0xff]
  return Buffer.concat([Buffer.from([tag, ...head]), content])
}

const sequence = (...contents: readonly Buffer[]) => element(0x30, ...contents)
const octets = (content: Buffer) => element(0x04, content)
const integer = (value: number) => element(0x02, Buffer.from([value]))
const objectId = (...bytes: readonly number[]) => element(0x06, Buffer.from(bytes))

/** UTCTime, `YYMMDDHHMMSSZ`. */
function time(instant: number): Buffer {
  const digits = new Date(instant).toISOString().replace(/\D/g, '').slice(2, 14)
  return element(0x17, Buffer.from(`${digits}Z`))
}
