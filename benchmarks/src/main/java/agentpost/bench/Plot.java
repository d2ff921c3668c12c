package agentpost.bench;

import java.io.IOException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import org.knowm.xchart.BitmapEncoder;
import org.knowm.xchart.CategoryChart;
import org.knowm.xchart.CategoryChartBuilder;
import org.knowm.xchart.VectorGraphicsEncoder;

/** Verification beside the bare MAC, as PNG and SVG. */
final class Plot {
  private Plot() {}

  static void write(Bench.Samples samples, int[] sizes, Path file) throws IOException {
    CategoryChart chart =
        new CategoryChartBuilder()
            .width(720)
            .height(420)
            .title("Verifying a webhook")
            .xAxisTitle("body")
            .yAxisTitle("times as long as the bare MAC")
            .build();
    chart.getStyler().setLegendVisible(true).setToolTipsEnabled(false);
    List<String> names = Arrays.stream(sizes).mapToObj(size -> size + " KiB").toList();
    for (String side : List.of("Agentpost", "Standardwebhooks", "Svix")) {
      chart.addSeries(
          side.toLowerCase(Locale.ROOT),
          names,
          Arrays.stream(sizes)
              .mapToObj(
                  size -> samples.micros("verify" + side, size) / samples.micros("bareMac", size))
              .toList());
    }
    BitmapEncoder.saveBitmap(chart, file.toString(), BitmapEncoder.BitmapFormat.PNG);
    VectorGraphicsEncoder.saveVectorGraphic(
        chart, file.toString(), VectorGraphicsEncoder.VectorGraphicsFormat.SVG);
  }
}
