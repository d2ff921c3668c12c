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
import org.knowm.xchart.XYChart;
import org.knowm.xchart.XYChartBuilder;
import org.knowm.xchart.internal.chartpart.Chart;
import org.knowm.xchart.style.Styler;
import org.knowm.xchart.style.markers.SeriesMarkers;

/** Plots, as PNG and SVG. */
final class Plot {
  private Plot() {}

  /** Verification beside the bare MAC. */
  static void handler(HandlerBench.Samples samples, int[] sizes, Path file) throws IOException {
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
    save(chart, file);
  }

  /** A line of a plot; as many ys as xs. */
  record Line(String name, List<Double> xs, List<Double> ys) {}

  static void lines(
      String title, String x, String y, Styler.LegendPosition legend, List<Line> lines, Path file)
      throws IOException {
    XYChart chart =
        new XYChartBuilder()
            .width(720)
            .height(420)
            .title(title)
            .xAxisTitle(x)
            .yAxisTitle(y)
            .build();
    chart
        .getStyler()
        .setToolTipsEnabled(false)
        .setLegendPosition(legend)
        .setDecimalPattern("#,##0.##");
    for (Line line : lines) {
      chart.addSeries(line.name(), line.xs(), line.ys()).setMarker(SeriesMarkers.NONE);
    }
    save(chart, file);
  }

  private static void save(Chart<?, ?> chart, Path file) throws IOException {
    BitmapEncoder.saveBitmap(chart, file.toString(), BitmapEncoder.BitmapFormat.PNG);
    VectorGraphicsEncoder.saveVectorGraphic(
        chart, file.toString(), VectorGraphicsEncoder.VectorGraphicsFormat.SVG);
  }
}
