// One direction of a Gaussian, sigma 2.5 pixels.
uniform sampler2D uSource;
uniform vec2 uStep;
in vec2 vPlace;
out vec4 outColor;

void main() {
  vec4 sum = vec4(0.0);
  float weights = 0.0;
  for (int i = -6; i <= 6; i++) {
    float weight = exp(-float(i * i) / 12.5);
    sum += weight * texture(uSource, vPlace + float(i) * uStep);
    weights += weight;
  }
  outColor = sum / weights;
}
