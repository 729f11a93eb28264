using Odm.Classify.Classification;
using Odm.Classify.Segmentation;
using Odm.Classify.Training;
using Odm.Data.Batching;
using Odm.Engine.Runtime;
using Odm.Tests;

namespace Odm.Classify.Tests;

/// <summary>Manifests of finished trainings. goldens/manifests holds two as they were written while optimizer, network and the like were texts.</summary>
public sealed class ManifestTests : IDisposable
{
    private const string Earlier = "goldens/manifests";
    private readonly TemporaryFolder folder = new();

    public void Dispose() => folder.Dispose();

    [Fact]
    public void A_classifiers_is_read_and_written_as_it_was()
    {
        var read = ClassifierManifest.TryRead(Earlier)!;
        (read.Recipe.Network, read.Recipe.Optimizer, read.Recipe.Schedule, read.Normalisation.Kind)
            .ShouldBe((ClassifierNetwork.ResNet50V1, OptimizerKind.Adam, RateSchedule.Constant, NormalisationKind.ZScore));
        read.Write(folder.Path);
        Text(folder["classifier.json"]).ShouldBe(Text(Earlier + "/classifier.json"));
    }

    [Fact]
    public void A_segmenters_is_read_and_written_as_it_was()
    {
        var read = SegmenterManifest.TryRead(Earlier)!;
        (read.Recipe.Network, read.Recipe.Encoder, read.Recipe.Schedule).ShouldBe((SegmenterNetwork.UNetPlusPlus, SegmenterEncoder.SeResNeXt50, RateSchedule.Steps));
        read.Write(folder.Path);
        Text(folder["segmenter.json"]).ShouldBe(Text(Earlier + "/segmenter.json"));
    }

    [Fact]
    public void One_with_a_word_that_there_is_not_is_refused_in_one_line()
    {
        folder.Write("classifier.json", Text(Earlier + "/classifier.json").Replace("resnet50-v1", "resnet51", StringComparison.Ordinal));
        var told = Should.Throw<DatasetException>(() => ClassifierManifest.TryRead(folder.Path)).Message;
        told.ShouldContain("classifier.json: cannot be read");
        told.ShouldContain("$.recipe.network");
        told.ShouldNotContain("\n");
    }

    private static string Text(string file) => File.ReadAllText(file);
}
