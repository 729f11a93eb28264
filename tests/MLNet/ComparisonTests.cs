using Microsoft.ML;
using Odm.Augment.Diffusion.Family;
using Odm.Augment.Generators;
using Odm.Augment.Traditional;
using Odm.Classify.Classification;
using Odm.Classify.Segmentation;
using Odm.Data.Images;
using Odm.Data.Phantom;
using Odm.Engine.Runtime;
using Odm.MLNet.Comparing;
using Odm.Pipeline.Configuration;
using Odm.Pipeline.Execution;
using Odm.Tests;

namespace Odm.MLNet.Tests;

/// <summary>Studies on views.</summary>
public sealed class ComparisonTests : IDisposable
{
    private readonly TemporaryFolder folder = new();
    private readonly MLContext ml = new(seed: 1);

    public void Dispose() => folder.Dispose();

    private ComparisonOptions Options => new()
    {
        Name = "eyes",
        Folder = folder["eyes-study"],
        Generators = new Dictionary<string, GeneratorConfig> { ["dm"] = new DiffusionGeneratorConfig { Kind = "diffusion", Diffusion = Drawn.Diffusion } },
        Arms = new Dictionary<string, ArmConfig> { ["real"] = new(), ["dm"] = new() { Generator = "dm", Plan = new() { ToLargest = true } } },
        Downstream = new ClassifierConfig { Network = ClassifierNetwork.Cnn, Steps = 4, Batch = 8, ValidateEvery = 4 },
        ImageMetrics = new() { Features = "pixels" },
        Audit = new() { Membership = false },
        Device = "cpu",
        Precision = Precision.Fp32,
        Threads = 1,
        Seeds = [1, 2],
    };

    private IDataView Eyes(int count = 60, string? side = "") => ml.Data.LoadFromImageSet(Drawn.Saved(folder, Drawn.Eyes(count, side)));

    [Fact]
    public void A_view_is_compared_as_a_study_file_is()
    {
        var lines = new List<string>();
        ml.Log += (_, e) => { lock (lines) { lines.Add(e.Message); } };
        var found = ml.Augmentation().Compare(Eyes(), Options);
        found.Rows.Select(r => r.Arm).Distinct().ShouldBe(["real", "dm"]);
        found["dm", "balanced_accuracy"].Seeds.ShouldBe(2);
        found["dm", "balanced_accuracy"].Verdict.ShouldNotBeEmpty();
        found["dm", "balanced_accuracy"].Difference!.Value.ShouldBe(found["dm", "balanced_accuracy"].Mean - found["real", "balanced_accuracy"].Mean, 2e-6);
        Should.Throw<ArgumentException>(() => found["odm", "mcc"]).Message.ShouldBe("arm 'odm'; must be one of real, dm");
        Should.Throw<ArgumentException>(() => found["dm", "mcx"]).Message.ShouldStartWith("metric 'mcx'; must be one of accuracy");
        File.ReadAllText(found.Report).ShouldContain("eyes");
        lines.ShouldContain(l => l.Contains("dm", StringComparison.Ordinal), string.Join("\n", lines));

        // the same file by the command's way, in another folder
        var again = Studies.Run(new() { File = folder["eyes-study/study.yaml"], Folder = folder["again"] });
        foreach (var file in new[] { "results.csv", "summary.csv", "image_metrics.csv" })
        {
            File.ReadAllBytes(Path.Combine(again, file)).ShouldBe(File.ReadAllBytes(Path.Combine(found.Folder, file)), file);
        }

        // a second call has nothing left to do but the report
        var made = Times(found.Folder);
        ml.Augmentation().Compare(Eyes(), Options).Rows.ShouldBe(found.Rows);
        Times(found.Folder).ShouldBe(made);

        static DateTime[] Times(string run) => [.. Directory.GetFiles(Path.Combine(run, "stages"), "stage.json", SearchOption.AllDirectories)
            .Order(StringComparer.Ordinal).Select(File.GetLastWriteTimeUtc)];
    }

    [Fact]
    public void The_rows_own_sides_are_the_split()
    {
        var eyes = Drawn.Eyes(60, "");
        eyes = eyes.WithRows([.. eyes.Rows.Select((r, i) => r with { Split = i / 2 % 4 == 3 ? "test" : "train" })]); // two eyes of a patient
        var view = ml.Data.LoadFromImageSet(Drawn.Saved(folder, eyes));
        var found = ml.Augmentation().Compare(view, Options with { Generators = new Dictionary<string, GeneratorConfig>(), Arms = new Dictionary<string, ArmConfig> { ["real"] = new() }, Seeds = null });
        var said = File.ReadAllLines(Path.Combine(found.Folder, "predictions", "real-1.csv")).Skip(1).Select(l => l.Split(',')[0]).Order(StringComparer.Ordinal);
        said.ShouldBe(eyes.Rows.Where(r => r.Split == "test").Select(r => r.Id).Order(StringComparer.Ordinal));
    }

    [Fact]
    public void ML_NETs_trainers_and_segmenters_judge_too()
    {
        var real = new Dictionary<string, ArmConfig> { ["real"] = new(), ["copies"] = new() { Traditional = new() { Preset = TraditionalPreset.Iois, Mode = TraditionalMode.Offline } } };
        var judged = ml.Augmentation().Compare(Eyes(), Options with
        {
            Generators = new Dictionary<string, GeneratorConfig>(),
            Arms = real,
            Downstream = new Judges.MlNetConfig { Trainer = "light_gbm", Features = "pixels", Iterations = 3 },
        });
        judged["copies", "mlnet_log_loss"].Mean.ShouldBe(judged["copies", "log_loss"].Mean, 1e-6);

        var drawn = PhantomDataset.Draw(40, size: 32, seed: 2, shares: [0, 0, 0, .5, .5]);
        var lesions = ml.Data.LoadFromImageSet(Drawn.Saved(folder, drawn, "lesions"));
        var masks = ml.Augmentation().Compare(lesions, Options with
        {
            Name = "lesions",
            Folder = folder["lesion-study"],
            Generators = new Dictionary<string, GeneratorConfig>(),
            Arms = new Dictionary<string, ArmConfig> { ["real"] = new() },
            Downstream = new SegmenterConfig { Encoder = SegmenterEncoder.ResNet18, Steps = 2, Batch = 4, ValidateEvery = 2 },
            Seeds = null,
        });
        masks["real", "dice_hard"].Mean.ShouldBeInRange(0, 1);
    }

    [Fact]
    public void Faults_have_the_words_of_the_study_file()
    {
        string Fault(ComparisonOptions options, IDataView? data = null)
            => Should.Throw<ArgumentException>(() => ml.Augmentation().Compare(data ?? Eyes(), options)).Message;
        Fault(Options with { Arms = new Dictionary<string, ArmConfig> { ["real"] = new(), ["dm"] = new() { Generator = "dn" } } }).ShouldContain("arms.dm.generator: 'dn'");
        Fault(Options with { Seeds = [] }).ShouldContain("seeds: empty; at least one is needed");
        Fault(Options with { Name = "a b" }).ShouldContain("study: 'a b'");
        Fault(Options with { Primary = "acuracy" }).ShouldContain("primary: 'acuracy' (did you mean 'accuracy'?)");
        Fault(Options with { Downstream = new ClassifierConfig { Steps = 0 } }).ShouldContain("downstream.steps: 0");
        Fault(Options, ml.Data.SkipRows(Eyes(), 60)).ShouldContain("the view has no rows");
        Fault(Options, ml.Transforms.DropColumns("Label").Fit(Eyes()).Transform(Eyes())).ShouldContain("column 'Label': missing");
        Directory.Exists(Path.Combine(Options.Folder!, "run")).ShouldBeFalse();

        var balanced = ml.Augmentation().Traditional(new() { Preset = TraditionalPreset.Thesis }).Balance(Eyes(side: "train"));
        Fault(Options, balanced).ShouldContain("is synthetic; must be real");
    }
}
