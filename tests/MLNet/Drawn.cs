using Microsoft.ML;
using Odm.Augment.Diffusion;
using Odm.Augment.Diffusion.Process;
using Odm.Classify.Classification;
using Odm.Classify.Segmentation;
using Odm.Data.Images;
using Odm.Data.Phantom;
using Odm.Engine.Runtime;
using Odm.MLNet.Augmentation;
using Odm.MLNet.Trainers;
using Odm.Tests;

namespace Odm.MLNet.Tests;

/// <summary>Drawn eyes as views, and trainings of a few steps.</summary>
internal static class Drawn
{
    /// <summary>Eyes of 32 px with their grade; every fourth is of the test side.</summary>
    public static ImageSet Eyes(int count = 40, string? side = "train")
    {
        var set = PhantomDataset.Draw(count, size: 32, seed: 5, shares: [.4, .2, .2, .1, .1]);
        var split = set.WithRows([.. set.Rows.Select((r, i) => r with { Split = side ?? (i % 4 == 3 ? "test" : "train") })]);
        return split;
    }

    /// <summary>The folder of a set of eyes.</summary>
    public static string Saved(TemporaryFolder folder, ImageSet set, string name = "eyes")
    {
        set.Save(folder[name]);
        return folder[name];
    }

    /// <summary>A diffusion training of a few steps.</summary>
    public static DiffusionConfig Diffusion => new()
    {
        Network = new() { Channels = 8, Multipliers = [1, 2], Blocks = 1, Groups = 4, Dropout = 0, Attention = [] },
        Prediction = PredictionKind.X0,
        Sampling = BatchSampling.Balanced,
        Ordinal = new() { Weight = 0 },
        Batch = 4,
        Steps = 3,
        Sampler = new() { Steps = 2, Guidance = 1 },
    };

    /// <summary>Float32 on the CPU.</summary>
    public static AugmentationOptions Options => new() { Device = "cpu", Precision = Precision.Fp32 };

    /// <summary>A ResNet-50 of a few steps.</summary>
    public static LearningOptions<ClassifierConfig> Classifier => new()
    {
        Settings = new() { Network = ClassifierNetwork.Cnn, Steps = 6, Batch = 8, ValidateEvery = 6 },
        Device = "cpu",
        Precision = Precision.Fp32,
        ValidationShare = .25,
    };

    /// <summary>A U-Net++ of a few steps.</summary>
    public static LearningOptions<SegmenterConfig> Segmenter => new()
    {
        Settings = new() { Encoder = SegmenterEncoder.ResNet18, Steps = 4, Batch = 4, ValidateEvery = 4 },
        Device = "cpu",
        Precision = Precision.Fp32,
        ValidationShare = .25,
    };

    /// <summary>All values of a text column.</summary>
    public static string[] Text(IDataView data, string column) => [.. Microsoft.ML.Data.ColumnCursorExtensions.GetColumn<string>(data, column)];
}
