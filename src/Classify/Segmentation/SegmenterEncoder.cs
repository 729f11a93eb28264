using System.Text.Json.Serialization;
using Odm.Engine.Runtime;

namespace Odm.Classify.Segmentation;

/// <summary>What halves the image in a segmenter.</summary>
[JsonConverter(typeof(EnumWordConverter<SegmenterEncoder>))]
public enum SegmenterEncoder
{
    /// <summary>SE-ResNeXt-50 32x4d (Hu et al. 2018).</summary>
    [JsonStringEnumMemberName("se_resnext50_32x4d")]
    SeResNeXt50,

    /// <summary>ResNet-50 v1.5 (stride in the 3x3 convolutions).</summary>
    [JsonStringEnumMemberName("resnet50")]
    ResNet50,

    /// <summary>ResNet-50 as in He et al. 2016 (stride in the 1x1 convolutions), which ImageNet weights are for.</summary>
    [JsonStringEnumMemberName("resnet50-v1")]
    ResNet50V1,

    /// <summary>ResNet-18.</summary>
    [JsonStringEnumMemberName("resnet18")]
    ResNet18,
}
