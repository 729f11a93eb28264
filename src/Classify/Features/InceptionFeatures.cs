using Odm.Classify.Networks;
using Odm.Classify.Weights;
using Odm.Engine.Files;
using Odm.Engine.Runtime;
using TorchSharp;
using static TorchSharp.torch;
using F = TorchSharp.torch.nn.functional;

namespace Odm.Classify.Features;

/// <summary>
/// <see cref="Inception"/> with weights from a file of the user's. Images go to 299 px and to [-1, 1] as pytorch-fid does it (bilinearly,
/// without antialiasing) or as clean-fid does (Pillow's bicubic filter; (x - 128) / 128). With the file that pytorch-fid fetches, known
/// by its checksum, the Fréchet distance is the FID.
/// </summary>
internal sealed class InceptionFeatures : IFeatureExtractor
{
    /// <summary>Name where the weights are whatever the user has.</summary>
    public const string FullName = "inception-fid";

    // pt_inception-2015-12-05-6726825d.pth: torch.hub's names end in the first eight digits of the file's SHA-256
    private const string Official = "6726825d";
    private const int Size = 299;
    private readonly Inception network = new();
    private readonly FidPreprocessing preprocessing;

    /// <exception cref="DatasetException">The file is missing, damaged, or of another network; the message names what is
    /// missing.</exception>
    public InceptionFeatures(string file, RunContext context, FidPreprocessing preprocessing = FidPreprocessing.PytorchFid)
    {
        this.preprocessing = preprocessing;
        Weights = WeightsCache.Sha256(file);
        using (NewDisposeScope())
        {
            NetworkWeights.Load(network, TorchFile.ReadWeights(file), file,
                optional: n => n.EndsWith("num_batches_tracked", StringComparison.Ordinal));
        }
        network.to(context.Device);
        network.eval();
    }

    /// <summary>True for the checksum of the weights that the FID is defined by.</summary>
    public static bool IsOfficial(string sha256) => sha256.StartsWith(Official, StringComparison.Ordinal);

    public string Name => FullName;

    public string Preprocessing => preprocessing == FidPreprocessing.CleanFid ? "299 px, bicubic, antialiased, as clean-fid"
        : "299 px, bilinear";

    public string Weights { get; }

    public int Dimension => network.Dimension;

    public Tensor Extract(Tensor images) // [N, 3, H, W] in [0, 1] -> [N, 2048]
    {
        using var scope = NewDisposeScope();
        if (preprocessing == FidPreprocessing.CleanFid)
        {
            return network.call((Resizing.CleanFid(images, Size) * 255 - 128) / 128).MoveToOuterDisposeScope();
        }

        var x = F.interpolate(images, size: [Size, Size], mode: InterpolationMode.Bilinear, align_corners: false);
        return network.call(2 * x - 1).MoveToOuterDisposeScope();
    }

    public void Dispose() => network.Dispose();
}
