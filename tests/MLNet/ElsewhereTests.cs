using System.Diagnostics;
using System.Globalization;
using Microsoft.ML;
using Microsoft.ML.Data;
using Odm.Classify.Classification;
using Odm.Data.Images;
using Odm.Data.Import;
using Odm.Data.Phantom;
using Odm.Tests;

namespace Odm.MLNet.Tests;

/// <summary>Saved models in a process that knows ML.NET's packages alone (samples/PredictElsewhere).</summary>
public sealed class ElsewhereTests : IDisposable
{
    private const int Count = 3;
    private readonly TemporaryFolder folder = new();
    private readonly MLContext ml = new(seed: 1);

    public void Dispose() => folder.Dispose();

    private static string Program { get; } = Directory.EnumerateFiles(Path.Combine(Above(AppContext.BaseDirectory), "samples", "PredictElsewhere", "bin"),
        "PredictElsewhere.dll", SearchOption.AllDirectories).OrderByDescending(File.GetLastWriteTimeUtc).First();

    [Fact]
    public void The_program_references_neither_Odm_nor_TorchSharp()
    {
        var libraries = File.ReadAllText(Path.ChangeExtension(Program, ".deps.json"));
        libraries.ShouldContain("Microsoft.ML.OnnxTransformer");
        libraries.ShouldNotContain("Odm", Case.Sensitive);
        libraries.ShouldNotContain("torch", Case.Insensitive);
    }

    [Fact]
    public void A_trained_network_scores_the_same_to_the_bit()
        => Same(data => ml.MulticlassClassification.Trainers.ResNet50(ml, Drawn.Classifier).Fit(data));

    [Fact]
    public void A_ResNet_50_scores_the_same_to_the_bit()
        => Same(data => ml.MulticlassClassification.Trainers.ResNet50(ml, Drawn.Classifier with
        {
            Settings = new() { Network = ClassifierNetwork.ResNet50, Steps = 2, Batch = 4, ValidateEvery = 2 },
        }).Fit(data));

    [Fact]
    public void A_segmenter_finds_the_same_masks()
    {
        var eyes = PhantomDataset.Draw(12, size: 32, seed: 2, shares: [0, 0, 0, .5, .5]);
        var data = ml.Data.LoadFromImageSet(Drawn.Saved(folder, eyes));
        var model = ml.Segmentation().UNetPlusPlus(Drawn.Segmenter).Fit(data);
        ml.Model.Save(model, data.Schema, folder["model.zip"]);
        var (code, text) = Run([folder["model.zip"], .. Saved(eyes)]);
        code.ShouldBe(0, text);
        var scored = model.Transform(data);
        using var cursor = scored.GetRowCursor([scored.Schema["PredictedMask"]]);
        var getter = cursor.GetGetter<MLImage>(scored.Schema["PredictedMask"]);
        for (var i = 0; i < Count; i++)
        {
            cursor.MoveNext().ShouldBeTrue();
            MLImage here = null!;
            getter(ref here);
            using var there = MLImage.CreateFromFile(folder[$"{i}.mask.png"]);
            Views.MLImages.Planes(there, 1).ShouldBe(Views.MLImages.Planes(here, 1));
            here.Dispose();
        }
    }

    [Fact]
    public void A_trainer_of_ML_NETs_on_ResNet_18s_features_scores_the_same_to_the_bit()
        => Same(data => ml.Transforms.ResNet18Features().AppendCacheCheckpoint(ml).Append(ml.MulticlassClassification.Trainers.LbfgsMaximumEntropy()).Fit(data));

    [Fact]
    public void A_file_that_is_no_model_is_not_read()
    {
        File.WriteAllText(folder["model.zip"], "text");
        Run(folder["model.zip"], folder["none.png"]).Code.ShouldNotBe(0);
    }

    private void Same(Func<IDataView, ITransformer> fit)
    {
        var eyes = Drawn.Eyes(16);
        var data = ml.Data.LoadFromImageSet(Drawn.Saved(folder, eyes));
        var model = fit(data);
        ml.Model.Save(model, data.Schema, folder["model.zip"]);
        var files = Saved(eyes);
        var before = model.Transform(data).GetColumn<float[]>("Score").Take(Count).SelectMany(s => s).ToArray();
        var (code, text) = Run([folder["model.zip"], .. files]);
        code.ShouldBe(0, text);
        Scores(text).ShouldBe(before);
        before.Length.ShouldBe(Count * 5);
    }

    private string[] Saved(ImageSet eyes)
    {
        var files = Enumerable.Range(0, Count).Select(i => folder[$"{i}.png"]).ToArray();
        for (var i = 0; i < Count; i++)
        {
            ImageFiles.SavePng(files[i], eyes.Image(i), eyes.Channels, eyes.Height, eyes.Width);
        }
        return files;
    }

    // class=score, ... of each line
    private static float[] Scores(string text) => [.. text.Split('\n').Where(l => l.Contains('(', StringComparison.Ordinal))
        .SelectMany(l => l[(l.IndexOf('(', StringComparison.Ordinal) + 1)..l.LastIndexOf(')')].Split(' ')).Select(s => float.Parse(s.Split('=')[1], CultureInfo.InvariantCulture))];

    private static (int Code, string Text) Run(params string[] arguments)
    {
        var start = new ProcessStartInfo("dotnet", [Program, .. arguments]) { RedirectStandardOutput = true, RedirectStandardError = true, UseShellExecute = false };
        using var process = Process.Start(start)!;
        var error = process.StandardError.ReadToEndAsync();
        var text = process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        return (process.ExitCode, text + error.Result);
    }

    private static string Above(string folder) => File.Exists(Path.Combine(folder, "Odm.sln")) ? folder : Above(Path.GetDirectoryName(folder.TrimEnd('/'))!);
}
