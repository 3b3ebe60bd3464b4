/**
 * Stands in for the SDK's DynamoDB codec, which walks every request and answer by their schemas.
 *
 * What it does in addition to JSON concerns binary values and dates: requests of the trigger hold neither, and a claim record that
 * holds a binary value is refused whatever form it comes in.
 */
export class PlainJsonCodec {
  setSerdeContext(): void {}

  createSerializer() {
    let text = '';
    return {
      setSerdeContext(): void {},
      write(_schema: unknown, value: unknown): void {
        text = JSON.stringify(value);
      },
      flush: () => text,
    };
  }

  createDeserializer() {
    return {
      setSerdeContext(): void {},
      async read(_schema: unknown, { buffer, byteOffset, byteLength }: Uint8Array) {
        return JSON.parse(Buffer.from(buffer, byteOffset, byteLength).toString());
      },
      readObject: (_schema: unknown, value: unknown) => value,
    };
  }
}
