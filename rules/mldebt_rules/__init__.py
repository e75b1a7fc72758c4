"""The built-in rules of mldebt: one family to a package, one rule to a module, each with its page beside it."""

from __future__ import annotations

from importlib import import_module

from mldebt.rules.model import Rule

_RULES = (
    ("meta.lineage_gap", "LineageGap"),
    ("meta.unused_suppression", "UnusedSuppression"),
    ("meta.stale_declaration", "StaleDeclaration"),
    ("boundaries.correction_cascade", "CorrectionCascade"),
    ("boundaries.post_hoc_score_patch", "PostHocScorePatch"),
    ("boundaries.undeclared_prediction_consumer", "UndeclaredPredictionConsumer"),
    ("boundaries.unversioned_prediction_output", "UnversionedPredictionOutput"),
    ("boundaries.cross_repo_path_coupling", "CrossRepoPathCoupling"),
    ("data.unversioned_input", "UnversionedInput"),
    ("data.unused_input_column", "UnusedInputColumn"),
    ("data.unused_dataset", "UnusedDataset"),
    ("data.duplicate_derived_feature", "DuplicateDerivedFeature"),
    ("data.undeclared_pipeline_io", "UndeclaredPipelineIO"),
    ("data.phantom_pipeline_io", "PhantomPipelineIO"),
    ("data.positional_column_access", "PositionalColumnAccess"),
    ("data.wildcard_feature_set", "WildcardFeatureSet"),
    ("data.unvalidated_join", "UnvalidatedJoin"),
    ("feedback.direct_feedback_loop", "DirectFeedbackLoop"),
    ("feedback.cross_model_feedback_loop", "CrossModelFeedbackLoop"),
    ("feedback.loop_without_exposure_log", "LoopWithoutExposureLog"),
    ("architecture.vendor_api_sprawl", "VendorApiSprawl"),
    ("architecture.pipeline_jungle", "PipelineJungle"),
    ("architecture.in_place_dataset_overwrite", "InPlaceDatasetOverwrite"),
    ("architecture.dead_experiment_path", "DeadExperimentPath"),
    ("architecture.duplicate_feature_code", "DuplicateFeatureCode"),
    ("architecture.prototype_on_production_path", "PrototypeOnProductionPath"),
    ("architecture.glue_conversion_chain", "GlueConversionChain"),
    ("config.hardcoded_decision_threshold", "HardcodedDecisionThreshold"),
    ("config.unused_config_key", "UnusedConfigKey"),
    ("config.unresolved_config_key", "UnresolvedConfigKey"),
    ("config.train_serve_config_drift", "TrainServeConfigDrift"),
    ("config.copied_feature_list", "CopiedFeatureList"),
    ("serving.divergent_feature_definition", "DivergentFeatureDefinition"),
    ("serving.detached_preprocessing", "DetachedPreprocessing"),
    ("serving.serve_time_fit", "ServeTimeFitted"),
    ("serving.request_batch_statistics", "RequestBatchStatistics"),
    ("serving.serving_schema_mismatch", "ServingSchemaMismatch"),
    ("serving.unenforced_model_signature", "UnenforcedModelSignature"),
    ("leakage.preprocessing_leakage", "PreprocessingLeakage"),
    ("leakage.train_test_overlap", "TrainTestOverlap"),
    ("leakage.target_derived_feature", "TargetDerivedFeature"),
    ("leakage.random_split_on_time_data", "RandomSplitOnTimeData"),
    ("leakage.split_ignores_groups", "SplitIgnoresGroups"),
    ("leakage.tuning_on_test_data", "TuningOnTestData"),
    ("reproducibility.uncontrolled_nondeterminism", "UncontrolledNondeterminism"),
    ("reproducibility.unpinned_pretrained_reference", "UnpinnedPretrainedReference"),
    ("reproducibility.unlocked_training_environment", "UnlockedTrainingEnvironment"),
    ("reproducibility.overwritten_model_artifact", "OverwrittenModelArtifact"),
    ("reproducibility.wall_clock_training_window", "WallClockTrainingWindow"),
    ("reproducibility.untracked_training_data", "UntrackedTrainingData"),
    ("operations.unvalidated_training_input", "UnvalidatedTrainingInput"),
    ("operations.swallowed_upstream_failure", "SwallowedUpstreamFailure"),
    ("operations.manual_pipeline_step", "ManualPipelineStep"),
)


def rules() -> list[type[Rule]]:
    """Every built-in rule, in the order of their codes; modules are imported when this is called."""
    return [getattr(import_module(f"{__name__}.{module}"), rule) for module, rule in _RULES]
