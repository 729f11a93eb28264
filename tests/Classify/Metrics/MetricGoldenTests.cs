using System.Text.Json;
using Odm.Classify.Metrics;

namespace Odm.Classify.Tests;

public sealed class MetricGoldenTests
{
    private static readonly JsonElement Golden = JsonDocument.Parse(File.ReadAllText(Path.Combine(AppContext.BaseDirectory, "goldens", "metrics.json"))).RootElement;

    public static TheoryData<int, string> Cases
    {
        get
        {
            var data = new TheoryData<int, string>();
            foreach (var (c, i) in Golden.GetProperty("cases").EnumerateArray().Select((c, i) => (c, i)))
            {
                data.Add(i, c.GetProperty("name").GetString()!);
            }
            return data;
        }
    }

    [Theory]
    [MemberData(nameof(Cases))]
    public void Every_score_agrees_with_scikit_learn_and_what_it_cannot_define_is_left_out(int index, string name)
    {
        var golden = Golden.GetProperty("cases")[index];
        var classes = Enumerable.Range(0, golden.GetProperty("classes").GetInt32()).Select(k => $"{k}").ToArray();
        var facts = ClassificationMetrics.Score(Of(golden), classes, new BootstrapConfig { Replicates = 0 });

        var expected = golden.GetProperty("facts").EnumerateObject().ToDictionary(f => f.Name, f => f.Value.GetDouble());
        facts.Select(Key).Order(StringComparer.Ordinal).ShouldBe(expected.Keys.Order(StringComparer.Ordinal), name);
        foreach (var fact in facts)
        {
            fact.Value.ShouldBe(expected[Key(fact)], 1e-9, $"{name}: {Key(fact)}");
        }
    }

    [Fact]
    public void Intervals_of_a_mean_agree_with_SciPys_percentile_and_bca()
    {
        var values = Golden.GetProperty("mean_of").EnumerateArray().Select(v => v.GetDouble()).ToArray();
        double[] Mean(int[] times) => [values.Zip(times, (v, t) => v * t).Sum() / times.Sum()];

        foreach (var kind in new[] { IntervalKind.Percentile, IntervalKind.Bca })
        {
            var expected = Golden.GetProperty("intervals").GetProperty(kind.ToString().ToLowerInvariant());
            var (low, high) = Bootstrap.Intervals(values.Length, Mean, new BootstrapConfig { Replicates = 20_000, Kind = kind, Seed = 3 })[0]!.Value;
            low.ShouldBe(expected[0].GetDouble(), .01, kind.ToString());
            high.ShouldBe(expected[1].GetDouble(), .015, kind.ToString());
        }
        var width = Golden.GetProperty("intervals");
        (width.GetProperty("bca")[1].GetDouble() - width.GetProperty("percentile")[1].GetDouble()).ShouldBeGreaterThan(.025); // the two differ by more than allowed above
    }

    [Fact]
    public void Quantiles_are_NumPys()
    {
        var sorted = Golden.GetProperty("mean_of").EnumerateArray().Select(v => v.GetDouble()).Order().ToArray();
        foreach (var quantile in Golden.GetProperty("quantiles").EnumerateObject())
        {
            Bootstrap.Quantile(sorted, double.Parse(quantile.Name, System.Globalization.CultureInfo.InvariantCulture)).ShouldBe(quantile.Value.GetDouble(), 1e-12);
        }
    }

    private static string Key(Fact fact) => fact.Label.Length == 0 ? fact.Metric : $"{fact.Metric}/{fact.Label}";

    private static Predictions Of(JsonElement golden)
    {
        int[] Column(string name) => [.. golden.GetProperty(name).EnumerateArray().Select(v => v.GetInt32())];
        var truth = Column("truth");
        var ids = truth.Select((_, i) => $"{i}").ToArray();
        double[,]? table = null;
        if (golden.GetProperty("probabilities") is { ValueKind: JsonValueKind.Array } rows)
        {
            table = new double[truth.Length, rows[0].GetArrayLength()];
            for (var i = 0; i < table.Length; i++)
            {
                table[i / table.GetLength(1), i % table.GetLength(1)] = rows[i / table.GetLength(1)][i % table.GetLength(1)].GetDouble();
            }
        }
        return new Predictions { Ids = ids, Groups = ids, Classes = [], Truth = truth, Predicted = Column("predicted"), Probabilities = table };
    }
}
