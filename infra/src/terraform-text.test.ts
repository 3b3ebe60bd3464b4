import { describe, expect, test } from '@jest/globals';
import { literalText } from './terraform-text.ts';

describe('literalText', () => {
  test.each([
    ['${aws_secret}', '${"$"}{aws_secret}'],
    ['%{ if true }', '${"%"}{ if true }'],
    ['$${x}', '$${"$"}{x}'],
  ])('breaks up the expression in %s', (text, literal) => {
    expect(literalText(text)).toBe(literal);
  });

  test.each(['costs 5 $ or 10 %', '{a: 1}', '$ {x}', ''])('leaves "%s" alone', (text) => {
    expect(literalText(text)).toBe(text);
  });
});
