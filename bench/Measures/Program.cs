using Odm.Bench;
using Odm.Engine.Runtime;

// Measurements that are no part of the product: bench/README.md
TorchEngine.Start();
return args.FirstOrDefault() switch
{
    "metrics" => MetricsBench.Run(args[1..]),
    "null" => NullSplits.Run(args[1..]),
    "simulated" => SimulatedArms.Run(args[1..]),
    "balance" => BalanceBench.Run(args[1..]),
    "noise" => NoiseByGrade.Run(args[1..]),
    "compare" => CompareRuns.Run(args[1..]),
    "statistics" => StatisticsBench.Run(args[1..]),
    _ => Usage(),
};

static int Usage()
{
    Console.Error.WriteLine("wanted: metrics REAL_SETDIR SYNTHETIC_SETDIR [HELD_OUT_SETDIR] [DIMENSION], null PREDICTIONS_DIR [SPLITS] [SEEDS], simulated [PAIRS] [SEEDS] [SD] [GAIN], balance [IMAGES] [SIDE], noise GENERATOR_DIR PREPARED_SETDIR [SYNTHETIC_SETDIR ...], compare RUN_A RUN_B ARM [GROUPS_FILE], or statistics [IMAGES] [ARMS] [SEEDS] [CLASSES]");
    return 2;
}
