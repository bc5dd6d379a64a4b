uniform sampler2D uWords; // premultiplied
uniform float uOpacity;
in vec2 vPlace;
out vec4 outColor;

void main() {
  if (vPlace != min(vPlace, 1.0)) discard;
  outColor = texture(uWords, vPlace) * uOpacity;
}
