use super::*;

const ALL: [DatabaseFaultKind; 7] = [
    DatabaseFaultKind::Restart,
    DatabaseFaultKind::Kill,
    DatabaseFaultKind::Pause,
    DatabaseFaultKind::FillConnections,
    DatabaseFaultKind::FillDisk,
    DatabaseFaultKind::CloseListeners,
    DatabaseFaultKind::CloseConnections,
];

fn plan(seed: u64, seconds: u64, failover: bool) -> ClusterPlan {
    ClusterPlan::new(seed, seconds, 5, 3, &DatabaseFaults { kinds: ALL.to_vec(), failover })
}

#[test]
fn the_same_seed_gives_the_same_plan_and_no_interval_gives_none() {
    assert_eq!(plan(1, 300, true), plan(1, 300, true));
    assert_ne!(plan(1, 300, true), plan(2, 300, true));
    let none = ClusterPlan::new(1, 300, 0, 3, &DatabaseFaults::default());
    assert!(none.database.is_empty() && none.nodes.iter().all(Vec::is_empty));
}

#[test]
fn a_long_plan_contains_each_kind_of_fault_and_pauses_around_the_lease() {
    let plan = plan(3, 600, true);
    let kinds: std::collections::HashSet<_> =
        plan.database.iter().map(|(_, fault)| std::mem::discriminant(fault)).collect();
    assert_eq!(kinds.len(), ALL.len() + 1);
    let of_nodes: Vec<_> = plan.nodes.iter().flatten().map(|(_, fault)| *fault).collect();
    assert!(of_nodes.iter().any(|fault| matches!(fault, NodeFault::Kill { .. })));
    assert!(of_nodes.iter().any(|fault| matches!(fault, NodeFault::Stop { .. })));
    let pauses =
        of_nodes.iter().filter_map(|fault| if let NodeFault::Pause(time) = fault { Some(*time) } else { None });
    let (short, long): (Vec<_>, Vec<_>) = pauses.partition(|time| *time < Duration::from_secs(12));
    assert!(!short.is_empty() && !long.is_empty());
    assert!(plan.nodes.iter().all(|node| !node.is_empty()));
}

#[test]
fn a_target_has_one_fault_at_a_time() {
    for seed in 0..50 {
        let plan = plan(seed, 600, true);
        for node in &plan.nodes {
            for pair in node.windows(2) {
                let (NodeFault::Pause(length)
                | NodeFault::Kill { downtime: length }
                | NodeFault::Stop { downtime: length }) = pair[0].1;
                assert!(pair[0].0 + length <= pair[1].0, "{pair:?}");
            }
        }
        for pair in plan.database.windows(2) {
            let length = match pair[0].1 {
                DatabaseFault::Pause(length)
                | DatabaseFault::FillConnections(length)
                | DatabaseFault::FillDisk(length)
                | DatabaseFault::Kill { downtime: length } => length,
                _ => Duration::ZERO,
            };
            assert!(pair[0].0 + length < pair[1].0, "{pair:?}");
        }
    }
}

#[test]
fn a_run_with_a_standby_has_one_failover_in_its_middle() {
    let failovers = |plan: ClusterPlan| {
        let failovers = plan.database.into_iter().filter(|(_, fault)| *fault == DatabaseFault::Failover);
        failovers.map(|(at, _)| at.as_secs()).collect::<Vec<_>>()
    };
    for seed in 0..20 {
        assert!(matches!(failovers(plan(seed, 100, true))[..], [40..=60]));
        assert!(failovers(plan(seed, 100, false)).is_empty());
    }
}
