using Odm.Augment.Gan.Augmenting;
using Odm.Augment.Gan.Dcgan;
using Odm.Augment.Gan.Family;
using Odm.Augment.Gan.StyleGan;
using Odm.Augment.Generators;
using Odm.Data.Images;
using Odm.Data.Phantom;
using Odm.Engine.Runtime;
using TorchSharp;
using static TorchSharp.torch;

namespace Odm.Augment.Tests;

/// <summary>Small GANs on a few drawn eyes.</summary>
internal static class GanDrawn
{
    public static ImageSet Eyes { get; } = PhantomDataset.Draw(20, 32, 5, [.2, .2, .2, .2, .2]);

    public static DcganGeneratorConfig Dcgan => new()
    {
        Kind = "dcgan",
        Network = new() { Latent = 8, Channels = 4 },
        Training = new() { Batch = 4, Steps = 6, SheetEvery = 3, Ema = .9 },
    };

    public static StyleGanGeneratorConfig StyleGan => new()
    {
        Kind = "stylegan2-ada",
        Network = new() { Latent = 6, Style = 8, ChannelBase = 128, ChannelMax = 8 },
        Training = new() { Batch = 4, Steps = 6, SheetEvery = 3, Ema = .9, R1 = .5, R1Every = 2, PathLength = 2, PathLengthEvery = 2, Augment = DiscriminatorAugmentation.Ada, Ada = new() { Every = 2, Images = 40, Target = -.9 } },
    };

    public static TrainingWork Work(string folder, ImageSet? images = null, CancellationToken cancel = default, List<Progress>? reports = null, Precision precision = Precision.Fp32) => new()
    {
        Images = images ?? Eyes,
        Seed = 3,
        Folder = folder,
        Context = Context(cancel, reports, precision),
        Stage = "train gan",
        Features = new(_ => null, (_, _, _, _, _, _) => throw new NotSupportedException()),
    };

    public static RunContext Context(CancellationToken cancel = default, List<Progress>? reports = null, Precision precision = Precision.Fp32)
        => new(CPU, precision, p => reports?.Add(p), cancel);

    public static void Train(GanGeneratorConfig config, TrainingWork work, Action<long>? beforeStep = null)
        => GanModels.Train(config, new(work.Folder, work.Images, -1), work, beforeStep);
}
