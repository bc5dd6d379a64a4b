// Anisotropic Kuwahara filter with polynomial weights (Kyprianidis, Semmo, Kang, Doellner, NPAR 2010): eight overlapping
// sectors of an ellipse laid along the local direction; the calmest of them gives the colour. Looks like brush strokes.
uniform sampler2D uSource;
uniform sampler2D uTensor;
uniform vec2 uSize;
uniform float uRadius; // pixels
uniform float uAmount; // 0..1: how much of the stroke replaces the picture
in vec2 vPlace;
out vec4 outColor;

const int longest = 12;
const float sharpness = 8.0;

void main() {
  vec3 tensor = texture(uTensor, vPlace).xyz;
  float difference = tensor.x - tensor.z;
  float root = sqrt(difference * difference + 4.0 * tensor.y * tensor.y);
  float anisotropy = root / (tensor.x + tensor.z + 1e-5);
  float angle = 0.5 * atan(2.0 * tensor.y, difference) + 1.5707963;
  float stretch = 1.0 + anisotropy;
  float major = min(uRadius * stretch, float(longest));
  float minor = uRadius / stretch;
  float c = cos(angle);
  float s = sin(angle);
  // From pixels to the unit disc.
  mat2 toDisc = mat2(c / major, -s / minor, s / major, c / minor);
  ivec2 reach = ivec2(ceil(sqrt(major * major * vec2(c * c, s * s) + minor * minor * vec2(s * s, c * c))));

  float overlap = 2.0 / uRadius;
  float bend = (overlap + cos(0.58)) / (sin(0.58) * sin(0.58));
  vec4 means[8];
  vec3 squares[8];
  for (int k = 0; k < 8; k++) {
    means[k] = vec4(0.0);
    squares[k] = vec3(0.0);
  }
  for (int y = -reach.y; y <= reach.y; y++) {
    for (int x = -reach.x; x <= reach.x; x++) {
      vec2 v = toDisc * vec2(x, y);
      float distance2 = dot(v, v);
      if (distance2 > 1.0) continue;
      vec3 color = texture(uSource, vPlace + vec2(x, y) / uSize).rgb;
      float w[8];
      vec2 d = v;
      for (int half8 = 0; half8 < 2; half8++) {
        vec2 fall = overlap - bend * d * d;
        w[half8] = max(0.0, d.y + fall.x);
        w[2 + half8] = max(0.0, -d.x + fall.y);
        w[4 + half8] = max(0.0, -d.y + fall.x);
        w[6 + half8] = max(0.0, d.x + fall.y);
        d = 0.70710678 * vec2(d.x + d.y, d.y - d.x);
      }
      float total = 1e-6;
      for (int k = 0; k < 8; k++) {
        w[k] *= w[k];
        total += w[k];
      }
      float gauss = exp(-3.125 * distance2) / total;
      for (int k = 0; k < 8; k++) {
        float weight = w[k] * gauss;
        means[k] += weight * vec4(color, 1.0);
        squares[k] += weight * color * color;
      }
    }
  }
  vec4 sum = vec4(0.0);
  for (int k = 0; k < 8; k++) {
    float weight = max(means[k].w, 1e-6);
    vec3 mean = means[k].rgb / weight;
    vec3 variance = abs(squares[k] / weight - mean * mean);
    float unrest = sqrt(variance.r + variance.g + variance.b);
    float share = 1.0 / (1.0 + pow(40.0 * unrest, sharpness));
    sum += share * vec4(mean, 1.0);
  }
  vec3 stroke = sum.rgb / max(sum.w, 1e-6);
  outColor = vec4(mix(texture(uSource, vPlace).rgb, stroke, uAmount), 1.0);
}
