import { createHash } from 'node:crypto';
import mcl from 'mcl-wasm';

type G1 = InstanceType<typeof mcl.G1>;
type G2 = InstanceType<typeof mcl.G2>;
type Fr = InstanceType<typeof mcl.Fr>;

interface Entry {
  /** r·g2 */
  point: G2;
  /** Hash of e(H(word), A)^r. */
  tag: string;
}

// Standard generator of G2, compressed.
const G2_HEX =
  '93e02b6052719f607dacd3a088274f65596bd0d09920b61ab5da61bbdc7f5049334cf11213945d57e5ac7d055d042b7e024aa2b2f08f0a91260805272dc51051c6e47ad4fa403b02b4510b647ae3d1770bac0326a805bbefd48056c8c121bdb8';

/**
 * Public-key encryption with keyword search (Boneh, Di Crescenzo, Ostrovsky, Persiano, EUROCRYPT 2004, section 3.1), in type-3
 * groups on the same curve and library as ours. Anyone who knows the public key can also guess keywords: a baseline.
 */
export class Peks {
  private constructor(
    readonly g2: G2,
    readonly secret: Fr,
    readonly A: G2,
  ) {}

  static async create(): Promise<Peks> {
    await mcl.init(mcl.BLS12_381);
    mcl.setETHserialization(true);
    mcl.setMapToMode(mcl.IRTF);
    const g2 = new mcl.G2();
    g2.deserializeHexStr(G2_HEX);
    const secret = random();
    return new Peks(g2, secret, mcl.mul(g2, secret));
  }

  encrypt(word: string): Entry {
    const r = random();
    return { point: mcl.mul(this.g2, r), tag: hash(mcl.pairing(mcl.mul(mcl.hashAndMapToG1(word), r), this.A)) };
  }

  trapdoor(word: string): G1 {
    return mcl.mul(mcl.hashAndMapToG1(word), this.secret);
  }

  test({ point, tag }: Entry, trapdoor: G1): boolean {
    return hash(mcl.pairing(trapdoor, point)) === tag;
  }
}

function random(): Fr {
  const scalar = new mcl.Fr();
  scalar.setByCSPRNG();
  return scalar;
}

const hash = (value: InstanceType<typeof mcl.GT>): string =>
  createHash('sha256').update(value.serialize()).digest('base64');
