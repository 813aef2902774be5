// Input: { sdl, documents: [text] }. Output: [null | message], null where the reference implementation accepts.
import { buildSchema, parse, validate } from 'graphql';
import { input, output } from './io.mjs';

const { sdl, documents } = await input();
const schema = buildSchema(sdl);
output(documents.map((text) => {
  try {
    const errors = validate(schema, parse(text));
    return errors.length === 0 ? null : errors[0].message;
  } catch (error) {
    return error.message;
  }
}));
