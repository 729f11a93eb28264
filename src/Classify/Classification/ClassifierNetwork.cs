using System.Text.Json.Serialization;
using Odm.Engine.Runtime;

namespace Odm.Classify.Classification;

/// <summary>The networks that classify.</summary>
[JsonConverter(typeof(EnumWordConverter<ClassifierNetwork>))]
public enum ClassifierNetwork
{
    /// <summary>ResNet-50 v1.5 (stride in the 3x3 convolutions).</summary>
    [JsonStringEnumMemberName("resnet50")]
    ResNet50,

    /// <summary>ResNet-50 as in He et al. 2016 (stride in the 1x1 convolutions), which ImageNet weights are for.</summary>
    [JsonStringEnumMemberName("resnet50-v1")]
    ResNet50V1,

    /// <summary>The IDRiD thesis' own.</summary>
    Cnn,
}
