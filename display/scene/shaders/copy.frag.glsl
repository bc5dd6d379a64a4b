uniform sampler2D uSource;
in vec2 vPlace;
out vec4 outColor;

void main() {
  outColor = vec4(texture(uSource, vPlace).rgb, 1.0);
}
