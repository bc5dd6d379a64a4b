const vec3 lumaWeights = vec3(0.2126, 0.7152, 0.0722);

float luma(vec3 color) {
  return dot(color, lumaWeights);
}

// Catmull-Rom in nine bilinear fetches: sharp, and passes through the pixels.
vec3 sampleSharp(sampler2D source, vec2 place, vec2 size) {
  vec2 position = place * size;
  vec2 centre = floor(position - 0.5) + 0.5;
  vec2 f = position - centre;
  vec2 w0 = f * (-0.5 + f * (1.0 - 0.5 * f));
  vec2 w1 = 1.0 + f * f * (-2.5 + 1.5 * f);
  vec2 w2 = f * (0.5 + f * (2.0 - 1.5 * f));
  vec2 w3 = f * f * (-0.5 + 0.5 * f);
  vec2 w12 = w1 + w2;
  vec2 p0 = (centre - 1.0) / size;
  vec2 p12 = (centre + w2 / w12) / size;
  vec2 p3 = (centre + 2.0) / size;
  vec3 color = texture(source, vec2(p12.x, p12.y)).rgb * w12.x * w12.y;
  color += texture(source, vec2(p0.x, p12.y)).rgb * w0.x * w12.y;
  color += texture(source, vec2(p3.x, p12.y)).rgb * w3.x * w12.y;
  color += texture(source, vec2(p12.x, p0.y)).rgb * w12.x * w0.y;
  color += texture(source, vec2(p12.x, p3.y)).rgb * w12.x * w3.y;
  color += texture(source, vec2(p0.x, p0.y)).rgb * w0.x * w0.y;
  color += texture(source, vec2(p3.x, p0.y)).rgb * w3.x * w0.y;
  color += texture(source, vec2(p0.x, p3.y)).rgb * w0.x * w3.y;
  color += texture(source, vec2(p3.x, p3.y)).rgb * w3.x * w3.y;
  return max(color, 0.0);
}

// Cubic B-spline in four bilinear fetches: soft, without the facets of bilinear.
vec3 sampleSoft(sampler2D source, vec2 place, vec2 size) {
  vec2 position = place * size - 0.5;
  vec2 centre = floor(position);
  vec2 f = position - centre;
  vec2 f2 = f * f;
  vec2 w0 = (1.0 - f) * (1.0 - f) * (1.0 - f) / 6.0;
  vec2 w1 = 2.0 / 3.0 - f2 + 0.5 * f2 * f;
  vec2 w3 = f2 * f / 6.0;
  vec2 w2 = 1.0 - w0 - w1 - w3;
  vec2 low = w0 + w1;
  vec2 high = w2 + w3;
  vec2 p0 = (centre - 0.5 + w1 / low) / size;
  vec2 p1 = (centre + 1.5 + w3 / high) / size;
  vec3 top = texture(source, vec2(p0.x, p0.y)).rgb * low.x + texture(source, vec2(p1.x, p0.y)).rgb * high.x;
  vec3 bottom = texture(source, vec2(p0.x, p1.y)).rgb * low.x + texture(source, vec2(p1.x, p1.y)).rgb * high.x;
  return top * low.y + bottom * high.y;
}
