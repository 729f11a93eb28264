using System.Text.Json.Serialization;

namespace Odm.Classify.Training;

/// <summary><c>downstream</c> of a study file: what judges an arm. The fields depend on <c>kind</c>.</summary>
public abstract record DownstreamConfig
{
    /// <summary>What is trained: <c>classifier</c>, <c>segmenter</c>, or <c>mlnet</c> (a trainer of ML.NET on features).</summary>
    [JsonPropertyOrder(-2)]
    public string Kind { get; init; } = "";

    /// <summary>Whether it learns from masks; else from classes.</summary>
    [JsonIgnore]
    public virtual bool Masks => false;

    /// <summary>
    /// Whether it reads a training image many times, so that each time the image may be another one; else once, and transforms can only add
    /// images before the training.
    /// </summary>
    [JsonIgnore]
    public virtual bool Rereads => true;

    /// <summary>Whether it has dropout, whose random numbers come from one generator of the process.</summary>
    [JsonIgnore]
    public virtual bool HasDropout => false;

    /// <summary>Whether the trained one gives features of images (<c>image_metrics: downstream</c>).</summary>
    [JsonIgnore]
    public virtual bool GivesFeatures => true;
}
