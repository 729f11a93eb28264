using System.Globalization;
using System.Text;
using Odm.Classify.Metrics;
using Odm.Engine.Files;

namespace Odm.Classify.ImageMetrics;

/// <summary>Seconds that image metrics took.</summary>
/// <param name="Features">Extraction of the features; 0 where they were there already.</param>
/// <param name="Values">Everything else that a value needs, factors of covariances for the intervals among it.</param>
/// <param name="Intervals">What the intervals alone need.</param>
public sealed record ImageMetricsTimes(double Features, double Values, double Intervals);

/// <summary>All image metrics of a synthetic set.</summary>
/// <param name="Extractor">Name of the features.</param>
/// <param name="Preprocessing">What was done to the images first.</param>
/// <param name="Weights">SHA-256 of the extractor's weights; empty where it has none.</param>
/// <param name="Scales">Scales of MS-SSIM; 0 where the images are too small for it.</param>
/// <param name="Rows">The facts, those of the whole set first.</param>
/// <param name="Warnings">What to know before believing them; a line each.</param>
public sealed record ImageScores(string Extractor, string Preprocessing, string Weights, int Scales, IReadOnlyList<ImageFact> Rows,
    IReadOnlyList<string> Warnings)
{
    /// <summary>What it took.</summary>
    public ImageMetricsTimes Times { get; init; } = new(0, 0, 0);

    /// <summary>The facts alone.</summary>
    public IReadOnlyList<Fact> Facts => [.. Rows.Select(r => r.Fact)];

    /// <summary>Writes <c>metric,label,value,ci_low,ci_high,n,n_real,extractor,preprocessing,class_mix,classes</c>, a row a fact.</summary>
    public void WriteCsv(string path)
    {
        var text = new StringBuilder("metric,label,value,ci_low,ci_high,n,n_real,extractor,preprocessing,class_mix,classes\n");
        foreach (var row in Rows)
        {
            var (fact, real) = row;
            var ssim = fact.Metric.EndsWith("ms_ssim", StringComparison.Ordinal);
            text.Append(CultureInfo.InvariantCulture, $"{fact.Metric},{Csv.Field(fact.Label)},{fact.Value:R},{fact.Low:R},{fact.High:R},"
                + $"{fact.N},{real},")
                .Append(ssim ? "" : Extractor).Append(',')
                .Append(Csv.Field(ssim ? string.Create(CultureInfo.InvariantCulture, $"own size, {Scales} scales") : Preprocessing))
                .Append(',').Append(row.MixColumns).Append('\n');
        }
        Durable.WriteText(path, text.ToString());
    }
}
