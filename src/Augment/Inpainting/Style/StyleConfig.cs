using System.Globalization;
using Odm.Augment.Diffusion.Networks;
using Odm.Augment.Vgg;

namespace Odm.Augment.Inpainting.Style;

/// <summary>When colours are matched to the source's.</summary>
public enum ColourStage
{
    /// <summary>Never.</summary>
    None,

    /// <summary>Before the guided steps.</summary>
    First,

    /// <summary>After them (Saragih et al.).</summary>
    Last,
}

/// <summary>
/// How inpainted images are styled: colours matched (<see cref="ColourMatch"/>) and, where <see cref="Guided"/>, part of the diffusion run
/// again under the gradient of losses. A loss counts with its λ; 0 leaves it out. "Paper" is Saragih, Hibi and Tyrrell 2024 with its code.
/// λs are those at 256 pixels: the sum is multiplied by the image's area over 256², so that a pixel is pulled as hard at any size.
/// Settings may be a word: <c>paper</c>, <c>cpu</c> or <c>colour</c>.
/// </summary>
public sealed record StyleConfig
{
    /// <summary>
    /// Settings to start from: <c>paper</c> (120 guided steps), <c>cpu</c> (8 guided steps from half the noise, content terms only),
    /// <c>colour</c>
    /// (the colour match alone, about a millisecond; the default).
    /// </summary>
    public string? Preset { get; init; }

    /// <summary>Run the guided steps.</summary>
    public bool Guided { get; init; }

    /// <summary>When colours are matched. Paper: last.</summary>
    public ColourStage Colour { get; init; } = ColourStage.Last;

    /// <summary>Steps of the shortened schedule. Paper: 200.</summary>
    public int Respacing { get; init; } = 200;

    /// <summary>
    /// The first guided step, counted from 0 in the shortened schedule; from there to 0 all are guided. Paper: 119 (80 of 200 skipped).
    /// </summary>
    public int FirstStep { get; init; } = 119;

    /// <summary>Keep the implied clean image within [-1, 1] in the steps (the losses see it as it is). Paper: no.</summary>
    public bool Clip { get; init; } = true;

    /// <summary>
    /// λ of the features of VGG-19, against the inpainted image's. Paper: 100. Runs where <see cref="VggWeights"/> are given.
    /// </summary>
    public double Vgg { get; init; } = 100;

    /// <summary>File with the normalised VGG-19 up to the last layer of <see cref="VggLayers"/> (.pth or .safetensors).</summary>
    public string? VggWeights { get; init; }

    /// <summary>SHA-256 that the file must have; not looked at where left out.</summary>
    public string? VggSha256 { get; init; }

    /// <summary>
    /// Layers whose features are compared, after their ReLU: relu1_1, relu1_2, relu2_1, relu2_2, relu3_1. Paper: the first and third.
    /// </summary>
    public IReadOnlyList<string> VggLayers { get; init; } = ["relu1_1", "relu2_1"];

    /// <summary>λ of ZeCon, the patchwise contrast of the U-Net's encoder features, against the inpainted image's. Paper: 500.</summary>
    public double Zecon { get; init; } = 500;

    /// <summary>Places compared in each layer. Paper: 256.</summary>
    public int ZeconPatches { get; init; } = 256;

    /// <summary>τ of the contrast. Paper: .07.</summary>
    public double ZeconTemperature { get; init; } = .07;

    /// <summary>
    /// Numbers of the encoder's outputs (<see cref="UNet.Features"/>) that are compared; those beyond the network's are left out. Paper: 0,
    /// 2, 5, 8, 11.
    /// </summary>
    public IReadOnlyList<int> ZeconLayers { get; init; } = [0, 2, 5, 8, 11];

    /// <summary>λ of the squared pixel difference from the inpainted image. Paper: 5000.</summary>
    public double Pixel { get; init; } = 5000;

    /// <summary>
    /// λ of the squared pixel difference from the source. Paper: 10000; the source still has its own lesion, so this draws the new one back
    /// to it. 0 in the other presets.
    /// </summary>
    public double Target { get; init; }

    /// <summary>λ of what lies outside [-1, 1], squared. Paper: 200.</summary>
    public double Range { get; init; } = 200;

    /// <summary>
    /// λ of the squared difference of DINO's class token from the source's. Paper: 10000. Runs where <see cref="DinoWeights"/> are given.
    /// </summary>
    public double DinoStyle { get; init; } = 10000;

    /// <summary>
    /// λ by which DINO's class token is driven from the step's before. Paper: 40000. Runs where <see cref="DinoWeights"/> are given.
    /// </summary>
    public double DinoSemantic { get; init; } = 40000;

    /// <summary><see cref="DinoSemantic"/> runs in the steps above this one, counted as <see cref="FirstStep"/>. Paper: 100.</summary>
    public int DinoSemanticUntil { get; init; } = 100;

    /// <summary>File with the weights of dino_vitb8 (.pth or .safetensors).</summary>
    public string? DinoWeights { get; init; }

    /// <summary>A preset by its name; null where there is not one of it.</summary>
    public static StyleConfig? OfPreset(string name) => name switch
    {
        "paper" => new() { Preset = name, Guided = true, Clip = false, Target = 10000 },
        "cpu" => new()
        {
            Preset = name,
            Guided = true,
            Respacing = 25,
            FirstStep = 7,
            DinoStyle = 0,
            DinoSemantic = 0,
            DinoSemanticUntil = 6
        },
        "colour" => new() { Preset = name },
        _ => null,
    };

    /// <summary>A preset as a bare word.</summary>
    /// <exception cref="FormatException">No such preset.</exception>
    public static StyleConfig Parse(string word)
        => OfPreset(word) ?? throw new FormatException($"\"{word}\"; must be one of paper, cpu, colour, or a mapping");

    /// <summary>Guided steps an image; the network is asked once in each and answers for a gradient in all but the last.</summary>
    public int GuidedSteps => Guided ? FirstStep + 1 : 0;

    /// <summary>What is wrong with these settings; empty where nothing is.</summary>
    /// <param name="path">Name of this section in the study file.</param>
    /// <param name="scheduleSteps">T of the generator; 0 where it is not known yet.</param>
    public IEnumerable<string> Faults(string path, int scheduleSteps = 0)
    {
        if (Preset is not null && OfPreset(Preset) is null)
        {
            yield return $"{path}.preset: '{Preset}'; must be one of paper, cpu, colour";
        }
        if (!Guided && Colour == ColourStage.None)
        {
            yield return $"{path}: nothing to do; guided: true or colour: first or last is needed";
        }
        if (Respacing < 2 || (Guided && scheduleSteps > 0 && Respacing > scheduleSteps))
        {
            yield return $"{path}.respacing: {Respacing}; must be 2 to "
                + $"{(scheduleSteps > 0 ? $"the generator's schedule.steps ({scheduleSteps})" : "the generator's schedule.steps")}";
        }
        if (FirstStep < 0 || FirstStep >= Respacing)
        {
            yield return $"{path}.first_step: {FirstStep}; must be 0 up to, not including, respacing ({Respacing})";
        }
        foreach (var (field, value) in new[] { ("vgg", Vgg), ("zecon", Zecon), ("pixel", Pixel), ("target", Target), ("range", Range),
            ("dino_style", DinoStyle), ("dino_semantic", DinoSemantic) })
        {
            if (!(value >= 0 && double.IsFinite(value)))
            {
                yield return string.Create(CultureInfo.InvariantCulture, $"{path}.{field}: {value}; must be 0 (off) or more");
            }
        }
        foreach (var layer in VggLayers.Where(l => !VggFeatures.Layers.Contains(l, StringComparer.Ordinal)))
        {
            yield return $"{path}.vgg_layers has '{layer}'; must be one of {string.Join(", ", VggFeatures.Layers)}";
        }
        if (ZeconPatches < 2)
        {
            yield return $"{path}.zecon_patches: {ZeconPatches}; must be at least 2";
        }
        if (!(ZeconTemperature > 0))
        {
            yield return string.Create(CultureInfo.InvariantCulture, $"{path}.zecon_temperature: {ZeconTemperature}; must be above 0");
        }
        if (ZeconLayers.Any(l => l < 0))
        {
            yield return $"{path}.zecon_layers: {ZeconLayers.Min()}; must be 0 or more";
        }
    }

    /// <summary>The files of weights that are named and not there.</summary>
    /// <param name="path">Name of this section in the study file.</param>
    public IEnumerable<string> MissingFiles(string path)
    {
        foreach (var (field, file) in new[] { ("vgg_weights", VggWeights), ("dino_weights", DinoWeights) })
        {
            if (Guided && file is not null && !File.Exists(file))
            {
                yield return $"{path}.{field}: there is no file {file}";
            }
        }
    }
}
