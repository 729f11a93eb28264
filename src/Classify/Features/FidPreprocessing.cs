namespace Odm.Classify.Features;

/// <summary>What is done to an image before Inception-v3 with FID weights sees it; values of the two do not compare.</summary>
public enum FidPreprocessing
{
    /// <summary>299 px bilinearly, without antialiasing, as pytorch-fid does inside the network.</summary>
    PytorchFid,

    /// <summary>299 px with Pillow's bicubic filter on each channel in floats, as clean-fid does.</summary>
    CleanFid,
}
