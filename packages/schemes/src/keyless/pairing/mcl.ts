import * as loaded from 'mcl-wasm';

/** The functions of the WebAssembly module that the library's typed surface leaves out. Pointers are heap addresses. */
interface RawModule {
  readonly HEAP32: Int32Array;
  _malloc(sizeBytes: number): number;
  _free(pointer: number): void;
  stackSave(): number;
  stackRestore(stack: number): void;
  stackAlloc(sizeBytes: number): number;
  sallocBytes(bytes: Uint8Array): number;
  _mclBnG1_add(z: number, x: number, y: number): void;
  _mclBnG2_add(z: number, x: number, y: number): void;
  _mclBnGT_mul(z: number, x: number, y: number): void;
  _mclBnG1_neg(y: number, x: number): void;
  _mclBnG2_neg(y: number, x: number): void;
  /** The conjugate. */
  _mclBnGT_inv(y: number, x: number): void;
  _mclBnGT_invGeneric(y: number, x: number): void;
  _mclBnGT_sqr(y: number, x: number): void;
  _mclBnGT_add(z: number, x: number, y: number): void;
  _mclBnG1_normalizeVec(y: number, x: number, count: number): void;
  _mclBnG2_normalizeVec(y: number, x: number, count: number): void;
  _mclBnG1_mulCT(z: number, x: number, scalar: number): void;
  _mclBnG1_hashAndMapToWithDst(z: number, message: number, length: number, dst: number, dstLength: number): number;
  _mclBnG2_hashAndMapToWithDst(z: number, message: number, length: number, dst: number, dstLength: number): number;
}

/** The pairing library. A CommonJS module: Node hands it over as the default export, bundlers under its own names. */
export const mcl = (loaded as unknown as { default?: typeof loaded }).default ?? loaded;

/** The WebAssembly module; only there after initialisation, so it is read anew each time. */
export const raw = (): RawModule => (mcl as unknown as { mod: RawModule }).mod;
