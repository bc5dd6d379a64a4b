// A few pixels enlarged without facets, so that whoever reads them later needs one fetch.
uniform sampler2D uSource;
uniform vec2 uSize;       // of the source, pixels
in vec2 vPlace;
out vec4 outColor;

void main() {
  outColor = vec4(sampleSoft(uSource, vPlace, uSize), 1.0);
}
