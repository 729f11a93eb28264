using Odm.Data.Images;
using Odm.Engine.Runtime;

namespace Odm.Augment.Generators;

/// <summary>
/// One of <c>generators</c> of a study file: the settings of a generator, and what its family does with them. A family is a folder with a
/// record that derives from this one, and a row in <c>GeneratorFamilies</c>; nothing else of the program knows its name. A record may judge
/// its own fields by <c>IEnumerable&lt;string&gt; Faults(string path)</c>.
/// </summary>
public abstract record GeneratorConfig
{
    /// <summary>Name of the family.</summary>
    public required string Kind { get; init; }

    /// <summary>Whether it is trained anew for each seed of the study instead of once.</summary>
    public abstract bool Anew { get; }

    /// <summary>
    /// True: it paints into real images with masks and makes a mask for each, and segmenters learn from its sets. False: it makes whole
    /// images of asked classes, and classifiers learn from them.
    /// </summary>
    public virtual bool Paints => false;

    /// <summary>Whether its images have masks, so that segmenters learn from its sets.</summary>
    public virtual bool MakesMasks => Paints;

    /// <summary>
    /// The generator whose training it uses: itself, or another one, which is then trained once for both. The guard, the membership test
    /// and the costs of training are of that one.
    /// </summary>
    public virtual GeneratorConfig TrainedAs() => this;

    /// <summary>
    /// Whether its images are made from single training images, whose ids stand in their rows and without which they cannot be made again.
    /// </summary>
    public virtual bool FromImages => Paints;

    /// <summary>Whether it learns from all training images, also where its arm may see a few: a leak, which the report names.</summary>
    public virtual bool SeesAll => false;

    /// <summary>Path below the generator of a field that turns on dropout; null where there is none.</summary>
    /// <remarks>Dropout draws from one generator of the process, so trainings with it cannot run side by side.</remarks>
    public virtual string? Dropout => null;

    /// <summary>Fields that decide sampling alone: generators that differ in nothing else share a training.</summary>
    public abstract IReadOnlyList<string> SamplingFields { get; }

    /// <summary>The settings of synthesis: a record, part of the key of a synthetic set.</summary>
    public abstract object Sampling { get; }

    /// <summary>The settings of a second pass over a finished set (a style); null where there is none.</summary>
    public virtual object? Finishing => null;

    /// <summary>Whether <see cref="Losses"/> can be asked for.</summary>
    public virtual bool HasLosses => false;

    /// <summary>
    /// What does not fit the images or is missing on this machine; each line names the field below <paramref name="path"/>.
    /// </summary>
    /// <param name="path">Name in the study file, e.g. <c>generators.odm</c>.</param>
    /// <param name="train">The training images.</param>
    /// <param name="features">Feature extractors by name.</param>
    public virtual IEnumerable<string> ImageFaults(string path, ImageSet train, FeatureSource features) => [];

    /// <summary>Why its images will probably be noise, each with the field and a way out.</summary>
    /// <param name="path">Name in the study file.</param>
    /// <param name="channels">Image channels, 1 or 3.</param>
    public virtual IEnumerable<string> BudgetWarnings(string path, int channels) => [];

    /// <summary>Number of weights that a training leaves, all networks together.</summary>
    /// <param name="train">The training images.</param>
    public abstract long Weights(ImageSet train);

    /// <summary>What training and synthesis would cost on this machine, by a calibration of a few steps.</summary>
    /// <param name="calibration">Images, seed, engine, and what is known from other generators.</param>
    public abstract GeneratorCost Cost(Calibration calibration);

    /// <summary>Trains to the end, continuing from what the folder holds.</summary>
    /// <exception cref="StudyException">The images do not suit the settings, or training diverged.</exception>
    /// <exception cref="OperationCanceledException">Cancelled; a checkpoint is written.</exception>
    public abstract void Train(TrainingWork work);

    /// <summary>
    /// The networks of a finished training: the folder of each, with its <see cref="TrainingList"/>, and the images that it must have been
    /// trained on if the training saw <paramref name="visible"/>.
    /// </summary>
    /// <exception cref="DatasetException">The folder holds no such training.</exception>
    public virtual IReadOnlyList<(string Folder, ImageSet Images)> Networks(string folder, ImageSet visible) => [(folder, visible)];

    /// <summary>Makes a synthetic set, continuing from the parts that are there.</summary>
    public abstract void Synthesize(SynthesisWork work);

    /// <summary>Makes the second pass over a synthetic set; only where <see cref="Finishing"/> is not null.</summary>
    /// <param name="painted">The set.</param>
    /// <param name="work">As it was made, with the folder of the finished one.</param>
    public virtual void Finish(ImageSet painted, SynthesisWork work)
        => throw new NotSupportedException($"generators of kind {Kind} have no second pass");

    /// <summary>A finished training opened for sampling whole images, with the sampling settings that it was trained with.</summary>
    /// <exception cref="DatasetException">There is no checkpoint, or the family paints into images.</exception>
    public virtual IGenerator Open(string folder, RunContext context)
        => throw new DatasetException($"{folder}: a generator of kind {Kind}, which paints into images; one of whole images is needed");

    /// <summary>Whether it can be asked for images of a class; false: without a classifier's guidance its images have none.</summary>
    public virtual bool KnowsClasses => true;

    /// <summary>Whether a classifier can guide it: it makes whole images with a denoiser (<see cref="OpenGuided"/>).</summary>
    public virtual bool Guidable => false;

    /// <summary>The same generator with another number of sampling steps; only where it is <see cref="Guidable"/>.</summary>
    public virtual GeneratorConfig WithSteps(int steps)
        => throw new NotSupportedException($"generators of kind {Kind} take no steps");

    /// <summary>What is wrong with the settings of sampling, each named below <paramref name="path"/>.</summary>
    public virtual IEnumerable<string> SamplingFaults(string path) => [];

    /// <summary>A finished training opened for sampling under a classifier's guidance, with these settings of sampling.</summary>
    /// <exception cref="DatasetException">There is no checkpoint, or it knows other classes.</exception>
    public virtual IGenerator OpenGuided(string folder, RunContext context, ClassifierGuide guide)
        => throw new NotSupportedException($"generators of kind {Kind} have no denoiser that a classifier could guide");

    /// <summary>The image of a provenance row again: the same bytes on the same device and thread count.</summary>
    /// <exception cref="DatasetException">The row is of another generator, or what it was made from is missing.</exception>
    public abstract ImageSet Regenerate(RegenerationWork work);

    /// <summary>The training loss of each image, as often as the family asks its networks: for the membership test.</summary>
    /// <param name="folder">Folder of the training.</param>
    /// <param name="images">Images, with masks where the family knows masks.</param>
    /// <param name="seed">Of what is random in it.</param>
    /// <param name="context">Device, precision, progress, cancellation.</param>
    /// <param name="stage">Name in progress reports.</param>
    public virtual ImageLosses Losses(string folder, ImageSet images, ulong seed, RunContext context, string stage)
        => throw new NotSupportedException($"generators of kind {Kind} have no loss of single images");

    /// <summary>The part of a real image that is painted anew, 0 or 255; only of a family that <see cref="Paints"/>.</summary>
    /// <param name="sources">Real images with masks.</param>
    /// <param name="index">Which of them.</param>
    public virtual byte[] Zone(ImageSet sources, int index) => throw new NotSupportedException($"generators of kind {Kind} do not paint");
}
