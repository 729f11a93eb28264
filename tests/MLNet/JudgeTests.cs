using Odm.Classify.Classification;
using Odm.Classify.Metrics;
using Odm.Classify.Training;
using Odm.Data.Images;
using Odm.Engine.Runtime;
using Odm.MLNet.Judges;
using Odm.Pipeline.Downstream;
using Odm.Pipeline.Execution;
using Odm.Tests;
using TorchSharp;

namespace Odm.MLNet.Tests;

/// <summary>ML.NET's trainers as judges of a study.</summary>
public sealed class JudgeTests : IDisposable
{
    private readonly TemporaryFolder folder = new();

    static JudgeTests() => MlNetJudges.Register();

    public void Dispose() => folder.Dispose();

    private const string Text = """
        study: judged
        dataset: { kind: phantom, size: 32, count: 120, seed: 1, shares: [0.3, 0.2, 0.2, 0.15, 0.15] }
        split: { kind: group, val: 0.15, test: 0.35 }
        generators:
          dm: &dm
            kind: diffusion
            network: { channels: 8, multipliers: [1, 2], blocks: 1, patch: 2, dropout: 0 }
            batch: 4
            steps: 2
            ordinal: { weight: 0 }
            sampler: { steps: 2, batch: 16 }
          odm: { <<: *dm, ordinal: { weight: 1, triplets: condition } }
        arms:
          real: {}
          traditional: { traditional: { preset: iois, mode: offline } }
          dm: { generator: dm, plan: { total: 80 } }
          odm: { generator: odm, plan: { total: 80 } }
        downstream: { kind: mlnet, trainer: light_gbm, features: pixels, iterations: 5 }
        image_metrics: pixels
        audit: false
        seeds: [1, 2]
        threads: 1
        """;

    private static RunContext Run => new(torch.CPU, Precision.Fp32, _ => { }, CancellationToken.None);

    private static IDownstream Judge(MlNetConfig config) => Downstreams.Of(config, 40);

    [Fact]
    public void A_study_runs_to_its_report_and_both_evaluators_agree()
    {
        var (run, file) = (folder["run"], folder.Write("study.yaml", Text));
        Studies.Run(new() { File = file, Folder = run, Until = "fit" });
        var fit = Directory.GetFiles(run, "model.zip", SearchOption.AllDirectories).Single(f => f.Contains("fit-dm-2", StringComparison.Ordinal));
        var bytes = File.ReadAllBytes(fit);
        Studies.Run(new() { File = file, Folder = run }); // goes on where it stopped
        File.ReadAllBytes(fit).ShouldBe(bytes);

        var report = File.ReadAllText(Path.Combine(run, "report.md"));
        report.ShouldContain("Every arm trained ML.NET's light_gbm with the same settings on features of pixels");
        report.ShouldContain("many seeds are affordable");
        report.ShouldContain("## The same scores by ML.NET's evaluator");
        report.ShouldContain("All fits and test sets agree to 1e-6.");
        report.ShouldNotContain("curves.csv");
        var results = File.ReadAllLines(Path.Combine(run, "results.csv")).Select(l => l.Split(',')).ToList();
        foreach (var (theirs, ours) in new[] { ("mlnet_micro_accuracy", "accuracy"), ("mlnet_macro_accuracy", "balanced_accuracy"), ("mlnet_log_loss", "log_loss") })
        {
            double[] Values(string metric) => [.. results.Where(r => r[5] == metric && r[6].Length == 0)
                .Select(r => double.Parse(r[7], System.Globalization.CultureInfo.InvariantCulture))];
            var (a, b) = (Values(theirs), Values(ours));
            a.Length.ShouldBe(8, theirs); // arms x seeds
            a.Zip(b, (x, y) => Math.Abs(x - y)).Max().ShouldBeLessThan(1e-6, theirs);
        }
        File.ReadLines(Path.Combine(run, "predictions", "odm-1.csv")).First().ShouldBe("id,group,truth,prediction,p_0,p_1,p_2,p_3,p_4");
    }

    [Theory]
    [InlineData("lbfgs_maximum_entropy")]
    [InlineData("sdca_maximum_entropy")]
    [InlineData("light_gbm")]
    [InlineData("fast_tree_ova")]
    public void Each_trainer_learns_gives_probabilities_and_repeats_itself_with_its_seed(string trainer)
    {
        var (train, config) = (Drawn.Eyes(), new MlNetConfig { Trainer = trainer, Features = "pixels", Iterations = 10 });
        string[] written = [.. new[] { "a", "b" }.Select(name =>
        {
            var judge = Judge(config);
            judge.Train(new FixedImages(train), train, null, 3, folder[name], Run, "fit");
            var facts = judge.Judge(folder[name], train, folder[name + ".csv"], Run);
            facts.Single(f => f is { Metric: "accuracy", Label: "" }).Value.ShouldBeGreaterThan(.45); // the largest class is .4
            return File.ReadAllText(folder[name + ".csv"]);
        })];
        written[1].ShouldBe(written[0]);
        var said = Predictions.ReadCsv(folder["a.csv"]);
        for (var i = 0; i < said.Count; i++)
        {
            Enumerable.Range(0, 5).Sum(k => said.Probabilities![i, k]).ShouldBe(1, 1e-12);
        }
        Judge(config).Probabilities(folder["a"], train, Run).ShouldBe(said.Probabilities);
    }

    [Fact]
    public void Features_of_a_classifier_that_the_fit_trains_take_online_transforms()
    {
        var config = new MlNetConfig { Features = "downstream", Classifier = new() { Network = ClassifierNetwork.Cnn, Steps = 4, Batch = 8, ValidateEvery = 2 }, Iterations = 5 };
        var (judge, eyes) = (Judge(config), Drawn.Eyes());
        config.Faults("downstream").ShouldBeEmpty();
        (config.Rereads, config.HasDropout, judge.Treatment(9)).ShouldBe((true, true,
            "Every arm trained ML.NET's lbfgs_maximum_entropy with the same settings on features of a classifier that each fit trained first for 4 steps, its checkpoint chosen on the 9 validation images alone"));
        judge.Train(new FixedImages(eyes), eyes, (image, mask, _) => (image, mask), 1, folder["fit"], Run, "fit");
        using (var network = TrainedClassifier.Load(folder["fit/network"], Run))
        {
            network.Classes.ShouldBe(eyes.Classes);
        }
        judge.Judge(folder["fit"], eyes, folder["p.csv"], Run).Single(f => f is { Metric: "mlnet_log_loss" }).Value.ShouldBeGreaterThan(0);
    }

    [Fact]
    public void Model_files_that_are_cut_or_something_else_are_refused_in_one_line()
    {
        var (judge, eyes) = (Judge(new() { Features = "pixels", Iterations = 3 }), Drawn.Eyes());
        string Refused() => Should.Throw<DatasetException>(() => judge.Judge(folder["fit"], eyes, folder["p.csv"], Run)).Message;
        Refused().ShouldContain("holds no mlnet.json");
        judge.Train(new FixedImages(eyes), eyes, null, 1, folder["fit"], Run, "fit");
        var whole = File.ReadAllBytes(folder["fit/model.zip"]);
        foreach (var bytes in new[] { [], whole[..30], whole[..(whole.Length / 2)], whole[..^30], "no model at all, but text"u8.ToArray(), Zip("a", "b"), Zip("TransformerChain/Model.key", "b") })
        {
            File.WriteAllBytes(folder["fit/model.zip"], bytes);
            Refused().ShouldContain("model.zip: is truncated, damaged or no model of ML.NET");
            Refused().ShouldNotContain("\n");
        }
        File.WriteAllBytes(folder["fit/model.zip"], whole);
        File.WriteAllText(folder["fit/mlnet.json"], "{ \"trainer\": ");
        Refused().ShouldContain("mlnet.json: not valid JSON");
        File.Exists(folder["p.csv"]).ShouldBeFalse();
    }

    private static byte[] Zip(string entry, string text)
    {
        using var stream = new MemoryStream();
        using (var zip = new System.IO.Compression.ZipArchive(stream, System.IO.Compression.ZipArchiveMode.Create, leaveOpen: true))
        using (var writer = new StreamWriter(zip.CreateEntry(entry).Open()))
        {
            writer.Write(text);
        }
        return stream.ToArray();
    }

    [Theory]
    [InlineData("trainer: light_gbm", "trainer: light_gbn", "downstream.trainer: \"light_gbn\"; must be one of lbfgs_maximum_entropy, sdca_maximum_entropy, light_gbm, fast_tree_ova, image_classification")]
    [InlineData("features: pixels", "features: resnet19", "downstream.features: \"resnet19\"; must be one of resnet18-imagenet, resnet50-imagenet, downstream, pixels")]
    [InlineData("trainer: light_gbm, features: pixels, iterations: 5", "trainer: image_classification", "downstream.trainer: image_classification; this program was built without Microsoft.ML.Vision")]
    [InlineData("iterations: 5", "l2: 1", "downstream.l2: given; allowed beside trainer: lbfgs_maximum_entropy or sdca_maximum_entropy")]
    [InlineData("iterations: 5", "leaves: 1", "downstream.leaves: 1; must be 2 to 100000")]
    [InlineData("iterations: 5", "epochs: 3", "downstream.epochs: given; allowed beside trainer: image_classification")]
    [InlineData("iterations: 5", "classifier: { network: cnn }", "downstream.classifier: given; allowed beside features: downstream")]
    [InlineData("features: pixels", "features: downstream, classifier: { network: cnm }", "downstream.classifier.network: \"cnm\"")]
    [InlineData("iterations: 5", "steps: 5", "downstream.steps: unknown field")]
    [InlineData("kind: mlnet", "kind: mlnett", "downstream.kind: 'mlnett' (did you mean 'mlnet'?); must be one of classifier, segmenter, mlnet")]
    [InlineData("{ preset: iois, mode: offline }", "iois", "arms.traditional.traditional.mode: online; downstream.kind: mlnet reads each training image once; must be offline")]
    [InlineData("image_metrics: pixels", "image_metrics: downstream", "image_metrics: downstream; downstream.kind: mlnet trains no network")]
    public void Faults_are_one_line_before_anything_is_done(string from, string to, string expected)
    {
        var file = folder.Write("fault.yaml", Text.Replace(from, to, StringComparison.Ordinal));
        Should.Throw<UserException>(() => Studies.Run(new() { File = file, Folder = folder["fault"] })).Message.ShouldContain(expected);
        Directory.Exists(folder["fault"]).ShouldBeFalse();
    }

    [Fact]
    public void Images_without_classes_are_refused()
    {
        var eyes = Drawn.Eyes();
        Judge(new()).Faults(eyes.WithoutLabels(), []).Single().ShouldContain("has no label");
        Should.Throw<DatasetException>(() => Judge(new() { Features = "pixels" }).Train(new FixedImages(eyes.Select([.. Enumerable.Range(0, 40).Where(i => eyes.Rows[i].Label < 4)])), eyes, null, 1,
            folder["fit"], Run, "fit real-1")).Message.ShouldBe("fit real-1: no training image is of class 4; lbfgs_maximum_entropy needs at least one of each");
    }

    [Fact]
    public void Images_that_arms_share_are_read_once()
    {
        var (features, eyes, read, fit) = (new JudgeFeatures("pixels"), Drawn.Eyes(), 0, folder["fit-real-1"]);
        var counted = Run with { Report = _ => read++ };
        var first = features.Of(eyes, counted, "one", fit);
        read.ShouldBe(40);
        features.Of(eyes.Select([4, 2]), counted, "two", fit).ShouldBe([first[4], first[2]]);
        read.ShouldBe(40);
    }

    [Fact]
    public void Another_judge_of_the_run_reads_features_that_are_there()
    {
        var (eyes, read, fit) = (Drawn.Eyes().Select([0, 1, 2]), 0, folder["fit-real-1"]);
        var counted = Run with { Report = _ => read++ };
        IReadOnlyList<float[]> Features(ImageSet set) => new JudgeFeatures("resnet18-imagenet").Of(set, counted, "fit real-1", fit);
        var first = Features(eyes);
        Features(eyes).ShouldBe(first);
        read.ShouldBe(3);
        Features(eyes.Select([1])).ShouldBe([first[1]]); // another set
        read.ShouldBe(4);
        foreach (var file in Directory.GetFiles(folder["features-resnet18-imagenet"], "*.npy"))
        {
            File.WriteAllBytes(file, File.ReadAllBytes(file)[..^100]); // damaged: read again
        }
        Features(eyes).ShouldBe(first);
        read.ShouldBe(7);
    }
}
