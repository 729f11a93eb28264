using System.Text.Json.Serialization;
using Odm.Engine.Runtime;

namespace Odm.Classify.Segmentation;

/// <summary>The networks that segment.</summary>
[JsonConverter(typeof(EnumWordConverter<SegmenterNetwork>))]
public enum SegmenterNetwork
{
    /// <summary>U-Net++ (Zhou et al. 2018).</summary>
    [JsonStringEnumMemberName("unet++")]
    UNetPlusPlus,
}
