using System.Globalization;
using System.Runtime.InteropServices;
using System.Text;
using Odm.Augment.Diffusion;
using Odm.Augment.Diffusion.Process;
using Odm.Augment.Diffusion.Training;
using Odm.Engine.Files;
using Odm.Engine.Runtime;
using TorchSharp;
using static TorchSharp.torch;

namespace Odm.Augment.Tests;

public sealed class DiffusionTrainingTests : IDisposable
{
    private readonly Scratch scratch = new();
    private readonly List<Progress> reports = [];

    public void Dispose() => scratch.Dispose();

    private void Train(string name, DiffusionConfig? config = null, CancellationToken cancel = default, Action<TrainingState, int>? probe = null, Precision precision = Precision.Fp32) =>
        DiffusionTraining.Run(config ?? Small.Config, Small.Images(), 11, scratch[name], Small.Context(reports, cancel, precision), "train odm", probe);

    private byte[] File(string name, string file) => System.IO.File.ReadAllBytes(Path.Combine(scratch[name], file));

    private void ShouldBeEqual(string a, string b)
    {
        foreach (var file in new[] { "checkpoint/weights.safetensors", "checkpoint/ema.safetensors", "checkpoint/optimizer.safetensors", "checkpoint/state.json", "curve.csv" })
        {
            File(a, file).SequenceEqual(File(b, file)).ShouldBeTrue(file);
        }
    }

    [Fact]
    public void An_interrupted_training_ends_with_the_weights_of_an_uninterrupted_one()
    {
        Train("whole");
        foreach (var stop in new[] { 3, 6 })
        {
            using var cancel = new CancellationTokenSource();
            Should.Throw<OperationCanceledException>(() => Train("parts", cancel: cancel.Token, probe: (state, _) =>
            {
                if (state.Step == stop)
                {
                    cancel.Cancel(); // this step is still done and saved
                }
            }));
        }
        Train("parts");
        reports.ShouldContain(r => r.Note == "resumed at step 4");
        reports.ShouldContain(r => r.Note == "resumed at step 7");
        ShouldBeEqual("parts", "whole");
    }

    [Fact]
    public void Training_a_finished_one_again_changes_nothing()
    {
        Train("a");
        var before = File("a", "checkpoint/weights.safetensors");
        Train("a");
        File("a", "checkpoint/weights.safetensors").ShouldBe(before);
        reports[^1].Note.ShouldBe("resumed at step 8");
    }

    [Fact]
    public void Learns_and_writes_a_curve_with_both_parts_of_the_loss()
    {
        Train("a", Small.Config with { Steps = 80, LearningRate = 3e-3 });
        var rows = System.IO.File.ReadAllLines(Path.Combine(scratch["a"], "curve.csv"));
        rows[0].ShouldBe("step,loss,eps_mse,ordinal,learning_rate,gradient_norm");
        rows.Length.ShouldBe(81);
        double[] loss = [.. rows.Skip(1).Select(r => double.Parse(r.Split(',')[1], CultureInfo.InvariantCulture))];
        loss.TakeLast(10).Average().ShouldBeLessThan(0.7 * loss.Take(10).Average());
        rows.Skip(1).Select(r => r.Split(',')[3]).Count(o => o.Length > 0).ShouldBeGreaterThan(50);
        reports[^1].ShouldSatisfyAllConditions(r => r.Step.ShouldBe(80), r => r.Total.ShouldBe(80), r => r.Unit.ShouldBe("images"));
    }

    [Fact]
    public void The_weight_of_the_ordinal_term_changes_the_weights_but_not_the_first_noise_error()
    {
        Train("odm");
        Train("dm", Small.Config with { Ordinal = Small.Config.Ordinal with { Weight = 0 } });
        string[] First(string name) => System.IO.File.ReadAllLines(Path.Combine(scratch[name], "curve.csv"))[1].Split(',');
        First("dm")[2].ShouldBe(First("odm")[2]);
        First("dm")[3].ShouldBe(First("odm")[3]);
        File("dm", "checkpoint/weights.safetensors").SequenceEqual(File("odm", "checkpoint/weights.safetensors")).ShouldBeFalse();
    }

    [Theory]
    [InlineData(TripletKind.Condition, OrdinalForm.Distance)]
    [InlineData(TripletKind.Condition, OrdinalForm.Projection)]
    [InlineData(TripletKind.Images, OrdinalForm.Projection)]
    [InlineData(TripletKind.Part, OrdinalForm.Projection)]
    public void Every_form_of_the_ordinal_term_trains(TripletKind triplets, OrdinalForm form)
    {
        // the same first batch, noise and weights with a weight that acts and with one that is measured alone
        DiffusionConfig Weighted(double weight) => Small.Config with { Steps = 4, Network = Small.Config.Network with { Dropout = 0, ZeroInit = false }, Ordinal = new() { Triplets = triplets, Loss = form, Spacing = GradeSpacingKind.Learned, Weight = weight, Share = triplets == TripletKind.Images ? null : 1 } };
        Train("a", Weighted(2));
        Train("b", Weighted(1e-12));
        double[] First(string name) => [.. System.IO.File.ReadAllLines(Path.Combine(scratch[name], "curve.csv"))[1].Split(',').Select(c => double.Parse(c, CultureInfo.InvariantCulture))];
        var (acting, measured) = (First("a"), First("b")); // step, loss, noise error, term, rate, norm of the gradient
        acting[3].ShouldBeGreaterThan(0);
        (acting[1] - measured[1]).ShouldBe(2 * acting[3], 1e-3 * acting[3] + 1e-5 * measured[1]); // what is minimised holds the term with its weight
        Math.Abs(acting[5] - measured[5]).ShouldBeGreaterThan(1e-4 * measured[5]); // and its gradient reaches the network
        using var scope = NewDisposeScope();
        var found = Checkpoint.TryRead(Path.Combine(scratch["a"], "checkpoint"))!;
        var moved = found.Weights["spacing.raw"].Values().Any(v => Math.Abs(v - Math.Log(Math.E - 1)) > 1e-4);
        moved.ShouldBe(form == OrdinalForm.Projection);
    }

    [Theory]
    [InlineData(PredictionKind.Edm, null, true)]
    [InlineData(PredictionKind.Flow, null, false)]
    [InlineData(PredictionKind.X0, PredictionKind.Flow, true)]
    public void Every_prediction_learns(PredictionKind prediction, PredictionKind? loss, bool levels)
    {
        Train("a", Small.Config with { Steps = 80, LearningRate = 3e-3, Prediction = prediction, Loss = loss, NoiseLevels = levels ? new() : null });
        double[] losses = [.. System.IO.File.ReadAllLines(Path.Combine(scratch["a"], "curve.csv")).Skip(1).Select(r => double.Parse(r.Split(',')[1], CultureInfo.InvariantCulture))];
        losses.TakeLast(10).Average().ShouldBeLessThan(0.7 * losses.Take(10).Average());
    }

    [Theory]
    [InlineData(1.0, OrdinalQuantity.Eps)]
    [InlineData(.3, OrdinalQuantity.X0)]
    public void The_condition_term_is_that_of_the_stated_share_of_slots_whatever_the_micro_batch(double share, OrdinalQuantity on)
    {
        var config = Small.Config with { Steps = 1, Batch = 9, LabelDrop = 0, Sampling = BatchSampling.Balanced, Ordinal = new() { Triplets = TripletKind.Condition, Share = share, On = on }, Network = Small.Config.Network with { Dropout = 0, ZeroInit = false }, Sampler = new() { Guidance = 1 } };
        Train("whole", config);
        Train("parts", config with { MicroBatch = 3 });
        double Term(string name) => double.Parse(System.IO.File.ReadAllLines(Path.Combine(scratch[name], "curve.csv"))[1].Split(',')[3], CultureInfo.InvariantCulture);
        Term("whole").ShouldBeGreaterThan(0);
        Term("parts").ShouldBe(Term("whole"), 1e-4 * Term("whole"));
    }

    [Fact]
    public void Not_a_number_goes_back_to_the_last_stable_step_at_half_the_rate_and_says_so()
    {
        var poisoned = false;
        Train("a", probe: (state, _) =>
        {
            if (state.Step == 5 && !poisoned)
            {
                poisoned = true;
                using var frozen = no_grad();
                state.Model.parameters().First().fill_(float.NaN);
            }
        });
        reports.ShouldContain(r => r.Note == "! loss or gradient not finite at step 5: back to step 0 at 0.5 of the learning rate");
        using var scope = NewDisposeScope();
        var found = Checkpoint.TryRead(Path.Combine(scratch["a"], "checkpoint"))!;
        found.State.Step.ShouldBe(8);
        found.Weights.Values.ShouldAllBe(w => w.Values().All(float.IsFinite));
        System.IO.File.ReadAllLines(Path.Combine(scratch["a"], "curve.csv")).Length.ShouldBe(9);
    }

    [Fact]
    public void Diverging_again_and_again_is_told_as_the_settings_fault() =>
        Should.Throw<StudyException>(() => Train("a", probe: (state, _) =>
        {
            using var frozen = no_grad();
            state.Model.parameters().First().fill_(float.NaN);
        })).Message.ShouldContain("learning_rate");

    [Fact]
    public void Short_memory_halves_the_micro_batch_and_gives_the_same_result_up_to_rounding()
    {
        var config = Small.Config with { Network = Small.Config.Network with { Dropout = 0 } };
        Train("whole", config);
        Train("parts", config, probe: (_, images) =>
        {
            if (images > 4)
            {
                throw new ExternalException("CUDA out of memory. Tried to allocate 2.00 GiB");
            }
        });
        reports.ShouldContain(r => r.Note == "! out of memory: going on in micro-batches of 3 images");
        using var scope = NewDisposeScope();
        var whole = Checkpoint.TryRead(Path.Combine(scratch["whole"], "checkpoint"))!;
        var parts = Checkpoint.TryRead(Path.Combine(scratch["parts"], "checkpoint"))!;
        foreach (var (name, weight) in whole.Weights)
        {
            Goldens.Difference(parts.Weights[name], weight).ShouldBeLessThan(2e-3, name);
        }
    }

    [Fact]
    public void Memory_too_short_for_a_triplet_is_told_as_the_settings_fault() =>
        Should.Throw<StudyException>(() => Train("a", probe: (_, _) => throw new ExternalException("DefaultCPUAllocator: can't allocate memory")))
            .Message.ShouldContain("3 images at a time");

    [Fact]
    public void A_generator_of_grades_writes_nothing_of_options_it_does_not_use()
    {
        Train("a", Small.Config with { Steps = 1 });
        var state = Encoding.UTF8.GetString(File("a", "checkpoint/state.json"));
        state.ShouldContain("horizontal_flip");
        foreach (var later in new[] { "masks", "preset", "conditional", "learned_variance", "micro_batch\": 0", "optimizer", "weight_decay", "scale_shift", "residual_sampling", "head_channels" })
        {
            state.ShouldNotContain(later);
        }
    }

    [Fact]
    public void Another_training_in_the_folder_is_refused()
    {
        Train("a", Small.Config with { Steps = 1 });
        Should.Throw<StudyException>(() => Train("a", Small.Config with { Steps = 2 })).Message.ShouldContain("other settings");
    }

    [Fact]
    public void Images_that_cannot_be_halved_are_refused_before_anything_is_written()
    {
        var e = Should.Throw<StudyException>(() => DiffusionTraining.Train(
            Small.Config, Small.Images(9), 1, scratch["a"], Small.Context(), "train odm"));
        e.Message.ShouldContain("image size 9");
        Directory.Exists(scratch["a"]).ShouldBeFalse();
    }

    [Fact]
    public void No_tensor_outlives_its_step()
    {
        var alive = new List<long>();
        Train("a", probe: (_, _) => alive.Add(DisposeScopeManager.Statistics.ThreadTotalLiveCount));
        alive.Skip(2).Distinct().Count().ShouldBe(1); // from the second step on the gradients are there too
    }

    [Fact, Trait("speed", "slow")]
    public void Memory_stays_flat_over_500_steps()
    {
        var resident = new List<long>();
        Train("a", Small.Config with { Steps = 500 }, probe: (_, _) => resident.Add(TorchEngine.ResidentBytes));
        (resident[^1] - resident[50]).ShouldBeLessThan(300L << 20); // .NET may hold what it allocated up to the size of the last cache; a step that stays would be more
    }

    [Fact]
    public void Training_leaves_no_tensor_behind()
    {
        var before = DisposeScopeManager.Statistics.ThreadTotalLiveCount;
        Train("a", Small.Config with { Steps = 2 });
        DisposeScopeManager.Statistics.ThreadTotalLiveCount.ShouldBe(before);
    }

    [Fact]
    public void Bf16_trains_to_about_the_same_loss()
    {
        double Last(string name) => System.IO.File.ReadAllLines(Path.Combine(scratch[name], "curve.csv")).Skip(20).Average(r => double.Parse(r.Split(',')[1], CultureInfo.InvariantCulture));
        var config = Small.Config with { Steps = 40, Network = Small.Config.Network with { Dropout = 0 } };
        Train("single", config);
        Train("half", config, precision: Precision.Bf16);
        (Last("half") / Last("single")).ShouldBe(1, .03);
    }

    [Fact]
    public void Warm_up_rises_to_the_rate_and_the_cosine_falls_to_nothing()
    {
        var config = new DiffusionConfig { Steps = 1000, Warmup = 10, LearningRate = 1, Decay = RateDecay.Cosine };
        DiffusionTraining.Rate(config, 0).ShouldBe(.1, 1e-3);
        DiffusionTraining.Rate(config, 9).ShouldBe(1, 1e-3);
        DiffusionTraining.Rate(config, 500).ShouldBe(.5, 1e-3);
        DiffusionTraining.Rate(config, 999).ShouldBe(0, 1e-4);
        DiffusionTraining.Rate(config with { Decay = RateDecay.None }, 999).ShouldBe(1);
    }

    [Fact]
    public void Faults_name_the_field_the_value_and_what_is_allowed()
    {
        var bad = new DiffusionConfig { Batch = 0, Ema = 1, LabelDrop = 0, Schedule = new() { Steps = 50 }, Network = new() { Multipliers = [1, 2, 2, 2] } };
        var faults = bad.Faults("generators.odm", 36).ToArray();
        faults.ShouldContain("generators.odm.batch: 0; must be at least 1");
        faults.ShouldContain(f => f.StartsWith("generators.odm.ema: 1"));
        faults.ShouldContain(f => f.StartsWith("generators.odm.label_drop: 0"));
        faults.ShouldContain(f => f.StartsWith("generators.odm.sampler.steps: 100; must be 1 to schedule.steps (50)"));
        faults.ShouldContain(f => f.Contains("image size 36"));
        new DiffusionConfig().Faults("g", 64).ShouldBeEmpty();
    }
}
