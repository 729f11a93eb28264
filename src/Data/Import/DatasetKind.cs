using System.Text.Json.Serialization;
using Odm.Engine.Runtime;

namespace Odm.Data.Import;

/// <summary>Where the images of a data set come from.</summary>
[JsonConverter(typeof(EnumWordConverter<DatasetKind>))]
public enum DatasetKind
{
    /// <summary>They are drawn.</summary>
    Phantom,

    /// <summary>A folder per class, optionally below train, val and test.</summary>
    [JsonStringEnumMemberName("imagefolder")]
    ImageFolder,

    /// <summary>A table with a row per image.</summary>
    Csv,

    /// <summary>MedMNIST's .npz with its official split.</summary>
    [JsonStringEnumMemberName("medmnist")]
    MedMnist,

    /// <summary>Two folders of equal base names.</summary>
    [JsonStringEnumMemberName("image-mask")]
    ImageMask,

    /// <summary>An imported set.</summary>
    Set,
}
