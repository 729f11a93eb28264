using Odm.Engine.Runtime;
using TorchSharp;
using static TorchSharp.torch;

namespace Odm.Engine.Tests;

public class EngineTests
{
    [Theory]
    [InlineData("tpu")]
    [InlineData("cuda:x")]
    [InlineData("cuda:-1")]
    [InlineData("")]
    public void A_device_that_has_no_such_name_is_refused_with_the_allowed_ones(string name)
    {
        var fault = Should.Throw<StudyException>(() => TorchEngine.Resolve(name));
        fault.Message.ShouldBe($"device: '{name}' is not allowed; auto, cpu, cuda or cuda:N");
    }

    [Fact]
    public void A_cuda_device_that_is_not_there_is_refused()
    {
        Should.Throw<StudyException>(() => TorchEngine.Resolve("cuda:99")).Message.ShouldStartWith("device: 'cuda:99' ");
    }

    [Fact]
    public void The_cpu_can_always_be_had_and_auto_takes_what_there_is()
    {
        TorchEngine.Resolve("cpu").type.ShouldBe(DeviceType.CPU);
        TorchEngine.Resolve("auto").type.ShouldBe(cuda.is_available() ? DeviceType.CUDA : DeviceType.CPU);
    }

    [Fact]
    public void Threads_are_what_they_were_set_to()
    {
        var before = TorchEngine.Threads;
        TorchEngine.Start(1);
        TorchEngine.Threads.ShouldBe(1);
        TorchEngine.Start();
        TorchEngine.Threads.ShouldBe(Environment.ProcessorCount);
        TorchEngine.Start(before);
        Should.Throw<StudyException>(() => TorchEngine.Start(-1)).Message.ShouldContain("-1");
    }

    [Fact]
    public void Memory_held_now_is_no_more_than_the_peak_and_grows_with_a_tensor()
    {
        var before = TorchEngine.ResidentBytes;
        using var large = ones(32 << 20); // 128 MiB
        TorchEngine.ResidentBytes.ShouldBeGreaterThan(before + (64 << 20));
        var held = TorchEngine.ResidentBytes;
        large.Dispose();
        TorchEngine.PeakResidentBytes.ShouldBeGreaterThan(held - (1 << 20));
    }

    [Fact]
    public void The_engine_names_what_it_runs_on()
    {
        Version.Parse(TorchEngine.LibtorchVersion.Split('+')[0]).ShouldBeGreaterThanOrEqualTo(new Version(2, 10));
        TorchEngine.GemmGflops(size: 128, repeats: 3).ShouldBeGreaterThan(0); // how fast is no matter for a test on a shared machine
    }
}
